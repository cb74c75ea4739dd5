import assert from 'node:assert/strict';
import { once } from 'node:events';
import {
  type Agent,
  createServer,
  get as httpGet,
  type IncomingMessage,
  type ServerResponse,
} from 'node:http';
import { test } from 'node:test';
import { keepBusy } from './busy.ts';
import { connections, get } from './client.ts';
import { run, startServer, toListening } from './processes.ts';
import { fixtureServer, ourServer, pathWithRuntimes } from './servers.ts';

process.env.PATH = pathWithRuntimes(process.env.PATH);

const node = (script: string) => ({
  program: process.execPath,
  args: ['-e', script],
  folder: '.',
  variables: {},
});

for (const runtime of ['node', 'bun', 'deno'] as const) {
  test(`the servers to compare with run on ${runtime}: the body of /data, and metrics that count it`, async () => {
    const agent = connections(1);
    const hello = await startServer(fixtureServer(runtime, 'hello'));
    try {
      assert.equal(
        await get(`${hello.url}/data`, agent),
        '{"street":"10 Downing Street","city":"Value: none","count":0}',
      );
    } finally {
      await hello.stop();
    }
    const busy = await startServer(fixtureServer(runtime, 'main-loop-metrics', { WORK: 'wasm:1' }));
    try {
      // Numerical Recipes' generator from seed 0 gives 0x3c6ef35f first.
      const body = await get(`${busy.url}/data`, agent);
      assert.equal(JSON.parse(body).count, 0x3c6ef35f);
      const text = await get(busy.metricsUrl ?? '', agent);
      assert.match(text, /^acceptbench_work_duration_seconds_count\{thread="main"\} 1$/m);
      assert.match(text, /^acceptbench_requests_started_total\{thread="main"\} 1$/m);
    } finally {
      agent.destroy();
      await busy.stop();
    }
  });
}

for (const runtime of ['node', 'bun', 'deno'] as const) {
  test(`on ${runtime} the servers to compare with send the very headers that ours does, and keep connections as it does`, async () => {
    const seen: Reply[][] = [];
    const ours = ourServer(runtime, null, 'inline', { WORK: 'none' });
    for (const command of [ours, fixtureServer(runtime, 'hello'), fixtureServer(runtime, 'timed')]) {
      const agent = connections(1);
      const server = await startServer(command);
      try {
        seen.push([await ask(`${server.url}/data`, agent), await ask(`${server.url}/data`, agent)]);
      } finally {
        agent.destroy();
        await server.stop();
      }
    }
    const [[first, second] = [], ...others] = seen;
    for (const other of others) assert.deepEqual([first, second], other);
    assert.equal(first?.onKeptConnection, false);
    assert.equal(second?.onKeptConnection, true);
  });
}

interface Reply {
  readonly status: number | undefined;
  /** Names and values as they came; of the date only the name. */
  readonly headers: readonly string[];
  readonly onKeptConnection: boolean;
}

async function ask(url: string, agent: Agent): Promise<Reply> {
  const request = httpGet(url, { agent });
  const [response]: IncomingMessage[] = await once(request, 'response');
  if (response === undefined) throw new Error('no response');
  response.resume();
  await once(response, 'end');
  const { rawHeaders, statusCode } = response;
  return {
    status: statusCode,
    headers: rawHeaders.map((text, index) => (/^date$/i.test(rawHeaders[index - 1] ?? '') ? '' : text)),
    onKeptConnection: request.reusedSocket,
  };
}

test('a server that ends before it listens is an error with its last words', async () => {
  await assert.rejects(startServer(node('console.error("no port left"); process.exitCode = 1')), {
    message: /ended before it listened; it said: no port left$/,
  });
});

test('a program that fails is an error, one that does not gives its output', async () => {
  assert.equal(await run(node('console.log(6 * 7)'), 60_000), '42\n');
  await assert.rejects(
    run(node('console.error("oh"); process.exit(3)'), 60_000),
    /exit code 3; it said: oh$/,
  );
  await assert.rejects(run({ ...node(''), program: '/no/such/program' }, 60_000), /ENOENT/);
  await assert.rejects(run(node('setInterval(() => {}, 1000)'), 100), /did not end within 0.1 s/);
});

test('a load keeps as many requests outstanding as it has connections, and hears of a failure', async () => {
  const waiting: ServerResponse[] = [];
  let rounds = 0;
  let status = 200;
  // It answers five together and no sooner: a load that had fewer outstanding would never get an answer.
  const server = createServer((_request, response) => {
    waiting.push(response);
    if (waiting.length < 5) return;
    rounds += 1;
    for (const one of waiting.splice(0)) one.writeHead(status).end('x');
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  assert.ok(typeof address === 'object' && address !== null);
  const order = { url: `http://127.0.0.1:${address.port}`, connections: 5 };
  try {
    const busy = await keepBusy(order);
    await busy.stop();
    assert.ok(rounds >= 1);
    status = 500;
    await assert.rejects(keepBusy(order), (error: Error) => /status 500/.test(String(error.cause)));
  } finally {
    server.closeAllConnections();
    server.close();
  }
});

test('only the line that says where a server listens is taken for it', () => {
  assert.deepEqual(toListening('{"event":"listening","url":"http://x","metricsUrl":"http://y","pid":1}'), {
    url: 'http://x',
    metricsUrl: 'http://y',
  });
  assert.deepEqual(toListening('{"event":"listening","url":"http://x"}'), { url: 'http://x' });
  for (const line of ['hello', '{"event":"drained"}', '{"event":"listening"}', '[]']) {
    assert.equal(toListening(line), null);
  }
});
