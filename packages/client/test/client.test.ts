import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { createInterface } from 'node:readline';
import { type TestContext, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { clientCommand } from '../src/command.ts';
import { type BurstTask, Said, type Task } from '../src/messages.ts';

const body = '{"street":"10 Downing Street","city":"London","count":7}';

const burst: Omit<BurstTask, 'baseUrl'> = {
  kind: 'burst',
  route: '/data',
  connections: 60,
  warmupSeconds: 0.6,
  warmupRatePerSecond: 15,
  gapSeconds: 0.1,
  durationSeconds: 0.3,
  timeoutSeconds: 20,
  expectedBody: body,
  sheds: false,
};

function start(context: TestContext, command: readonly string[], env = process.env): ChildProcess {
  const [program = '', ...args] = command;
  const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'pipe'], env });
  context.after(() => child.kill('SIGKILL'));
  return child;
}

/** Runs the client to its end. */
async function run(context: TestContext, task: Task) {
  const child = start(context, clientCommand(task));
  let stdout = '';
  let stderr = '';
  child.stdout?.on('data', (text) => (stdout += text));
  child.stderr?.on('data', (text) => (stderr += text));
  const [code] = await once(child, 'close');
  const said = stdout.split('\n').flatMap((line) => (line === '' ? [] : [Said.parse(JSON.parse(line))]));
  return { code, said, stderr };
}

async function runBurst(context: TestContext, task: BurstTask) {
  const { code, said, stderr } = await run(context, task);
  const [first] = said;
  assert.ok(code === 0 && first?.event === 'burst' && first.load.burst !== null, stderr);
  return { load: first.load, result: first.load.burst };
}

/** Starts the fixture, and gives its URL. */
async function acceptsSome(context: TestContext, args: readonly (string | number)[]): Promise<string> {
  const file = fileURLToPath(new URL('./fixtures/acceptsSome.ts', import.meta.url));
  const child = start(context, [process.execPath, file, ...args.map(String)]);
  const [port] = await once(child.stdout ?? child, 'data');
  return `http://127.0.0.1:${String(port).trim()}`;
}

test('a listener that takes 5 of 60, and has room for 8: what became of each', async (context) => {
  const [backlog, accepts, afterMs] = [8, 5, 300];
  const baseUrl = await acceptsSome(context, [backlog, accepts, afterMs, body]);
  const { load, result } = await runBurst(context, { ...burst, baseUrl, timeoutSeconds: 2.5 });
  assert.equal(result.connections, 60);
  // The kernel lets in one more than the backlog; the SYNs of the others are dropped. On a busy machine it may answer more of them before
  // it sees that its queue is full: these stand for the client alone.
  context.diagnostic(`${result.connected} connected, of which ${accepts + backlog + 1} have a place`);
  assert.ok(load.connections >= accepts + backlog + 1, `${load.connections}`);
  // Where the server is late to take its five, one of the normal requests after the burst may have one of the places.
  assert.ok(result.connected > accepts && result.connected <= load.connections, `${result.connected}`);
  assert.equal(result.refused, 60 - accepts);
  assert.equal(load.completed, accepts);
  assert.ok((result.drainedMs ?? 0) >= afterMs, `${result.drainedMs}`);
  assert.ok(load.responseTime.min >= afterMs, `${load.responseTime.min}`);
  assert.equal(result.nextMs, null);
  assert.equal(result.recoveredMs, null);
  assert.ok(result.before.n > 0 && result.before.meanMs >= 19, JSON.stringify(result.before));
  assert.equal(load.started, load.completed + load.errored);
});

test('a server that answers after 100 ms, whoever asks: all are answered, and the next one as before', async (context) => {
  const server = createServer((socket) => {
    socket.on('error', () => {});
    socket.on('data', () => {
      const reply = `HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n${body}`;
      setTimeout(() => socket.end(reply), 100);
    });
  }).listen(0, '127.0.0.1');
  context.after(() => server.close());
  await once(server, 'listening');
  const address = server.address();
  const baseUrl = `http://127.0.0.1:${typeof address === 'object' && address !== null ? address.port : 0}`;
  const { load, result } = await runBurst(context, { ...burst, baseUrl });
  assert.deepEqual([result.connected, result.refused, load.errored, load.wrong], [60, 0, 0, 0]);
  assert.equal(load.completed, load.started);
  assert.equal(load.started - 60, load.connections - 60);
  for (const ms of [load.responseTime.min, result.drainedMs, result.nextMs, result.before.meanMs]) {
    assert.ok(ms !== null && ms >= 99, `${ms}`);
  }
  assert.notEqual(result.recoveredMs, null);
  assert.equal(
    load.histogram?.counts.reduce((sum, count) => sum + count, 0),
    load.completed,
  );
});

test('refused, wrong and shed are told apart', async (context) => {
  // Nobody listens on the first of all ports.
  const { load, result } = await runBurst(context, { ...burst, baseUrl: 'http://127.0.0.1:1' });
  assert.deepEqual([result.connected, result.refused, load.connections], [0, 60, 0]);
  assert.deepEqual([result.connectedMs, result.drainedMs, result.before.n], [null, null, 0]);

  let n = 0;
  const server = createServer((socket) => {
    socket.on('error', () => {});
    socket.on('data', () => {
      n += 1;
      const status = n % 2 === 0 ? '503 Service Unavailable' : '500 Oh';
      socket.end(`HTTP/1.1 ${status}\r\nContent-Length: 0\r\n\r\n`);
    });
  }).listen(0, '127.0.0.1');
  context.after(() => server.close());
  await once(server, 'listening');
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  const sheds = { ...burst, baseUrl: `http://127.0.0.1:${port}`, sheds: true };
  const { load: half } = await runBurst(context, sheds);
  assert.ok(half.shed >= 29 && half.wrong >= 29, JSON.stringify([half.shed, half.wrong]));
  assert.deepEqual([half.completed, half.errored], [0, 0]);
});

test('silent connections stand until told to end; those that the server closes are counted', async (context) => {
  let seen = 0;
  let ended = 0;
  const server = createServer((socket) => {
    socket.on('data', () => assert.fail('it said something'));
    socket.on('error', () => {});
    seen += 1;
    if (seen > 7) return;
    socket.end();
    // Its client has heard of it then, and has closed its own end.
    socket.on('close', () => {
      ended += 1;
    });
  }).listen(0, '127.0.0.1');
  context.after(() => server.close());
  await once(server, 'listening');
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  const client = start(
    context,
    clientCommand({ kind: 'silent', baseUrl: `http://127.0.0.1:${port}`, connections: 100 }),
  );
  const lines = createInterface({ input: client.stdout ?? process.stdin });
  const next = async () => Said.parse(JSON.parse(String((await once(lines, 'line'))[0])));
  const opened = await next();
  assert.ok(opened.event === 'opened' && opened.connected === 100, JSON.stringify(opened));
  const open = () => new Promise<number>((resolve) => server.getConnections((_, count) => resolve(count)));
  const deadline = performance.now() + 60_000;
  while ((seen < 100 || ended < 7) && performance.now() < deadline) {
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  assert.equal(await open(), 93);
  client.kill('SIGTERM');
  assert.deepEqual(await next(), { event: 'closed', closedByServer: 7 });
  assert.deepEqual(await once(client, 'close'), [0, null]);
});

test('without enough open files it says what to do, before it opens one', async (context) => {
  const task = { kind: 'silent', baseUrl: 'http://127.0.0.1:1', connections: 500 } as const;
  const [program = '', ...args] = clientCommand(task);
  const child = start(context, ['sh', '-c', 'ulimit -n 400; exec "$0" "$@"', program, ...args]);
  let stderr = '';
  child.stderr?.on('data', (text) => (stderr += text));
  const [code] = await once(child, 'close');
  assert.equal(code, 1);
  assert.match(
    stderr,
    /^500 connections need 564 open files, and the client may have 400; .*ulimit -n 564$/m,
  );
});
