import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import type { TestContext } from 'node:test';
import { requestText } from '@acceptbench/client/reply';
import { untilBooks } from './books.ts';
import { RawConnection } from './client.ts';
import { bigWork, type Combination, dataBody, offloads, start } from './combination.ts';
import type { Env, Server, Stopped } from './process.ts';
import { inTime, until } from './waiting.ts';

/** Some 1 ms: 400 requests, fewer than an accept queue holds, are under way for some tenths of a second. */
const mediumWork = 'wasm:1000000';
const manyConnections = 400;

/** Some two seconds: longer than what is done meanwhile. */
const longWork = 'wasm:2000000000';

/** How a server ends: SIGTERM, a second one, and the end of its grace time. */
export async function shutdownTests(t: TestContext, combination: Combination): Promise<void> {
  await t.test(
    'SIGTERM: what is in flight is answered, nothing new is accepted, the counts are right',
    async (sub) => {
      await inTime('it stops accepting before it has answered all', async () => {
        const server = await start(sub, combination, { WORK: bigWork });
        const connections = await openAll(server, 4);
        for (const connection of connections) connection.send(requestText('/data'));
        // A loop that computes is busy from the first on, and cannot start the others before that one is done.
        const startedAtOnce = offloads(combination) ? 4 : 1;
        await untilBooks(server, 'they have started', ({ started }) => started >= startedAtOnce);
        server.signal('SIGTERM');
        let others = 0;
        let isInTime = true;
        if (offloads(combination)) {
          others = await untilRefused(server);
          isInTime = connections.some(({ unread }) => unread === '');
        }
        const answered = await Promise.all(connections.map((each) => answeredRight(each)));
        const how = await server.stopped();
        const count = answered.filter((right) => right).length;
        assert.ok(count >= startedAtOnce, `${count} were answered`);
        assertDrained(how);
        assert.equal(how.drained?.completed, count);
        assert.equal(how.drained.started, count);
        // Where the runtime tells: each connection but the others had a request, and none that was accepted may be lost.
        const { accepted = 0 } = how.drained;
        assert.ok(accepted <= count + others, `${accepted} accepted, ${count} answered, ${others} had none`);
        await untilRefused(server);
        return isInTime;
      });
    },
  );

  await t.test('SIGTERM under load: each request whose connection was accepted is answered', async (sub) => {
    const server = await start(sub, combination, { WORK: mediumWork });
    const connections = await openAll(server, manyConnections);
    for (const connection of connections) connection.send(requestText('/data', 'GET', ['Connection: close']));
    await untilBooks(server, 'some have started', ({ started }) => started >= 10);
    // Whoever has left the queue was accepted, whether the runtime tells of it or not.
    const waiting = acceptQueueOf(server);
    server.signal('SIGTERM');
    const replies = await Promise.all(connections.map((each) => answeredRight(each, mediumWork)));
    const how = await server.stopped();
    const count = replies.filter((right) => right).length;
    assertDrained(how);
    assert.ok(count >= connections.length - waiting, `${count} were answered, ${waiting} were not accepted`);
    assert.equal(how.drained?.completed, count);
    assert.equal(how.drained.accepted ?? count, count, 'where the runtime tells how many it accepted');
    assert.equal(how.drained.closed ?? count, count);
  });

  await t.test(
    'connections that are idle, or have asked half a request, do not hold up the drain',
    async (sub) => {
      const server = await start(sub, combination, { WORK: 'none' });
      const [used, , head, body] = await openAll(server, 4);
      assert.equal((await used?.get('/data'))?.body, dataBody('none'));
      head?.send('GET /data HTTP/1.1\r\nHost: te');
      body?.send(`${requestText('/data', 'POST', ['Content-Length: 5'])}hel`);
      assert.equal((await body?.reply())?.status, 405);
      assertDrained(await server.stop());
    },
  );

  await t.test('a drained server has closed all that it accepted; WORK=format, and SIGINT', async (sub) => {
    const server = await start(sub, combination, { WORK: 'format:2000' });
    const [connection] = await openAll(server, 1);
    assert.equal((await connection?.get('/data'))?.body, dataBody('format:2000'));
    server.signal('SIGINT');
    const how = await server.stopped();
    assertDrained(how);
    assert.equal(how.drained?.closed, how.drained?.accepted);
  });

  // One loop that computes hears no signal, and when it hears one nothing is in flight.
  if (combination.topology === 'inline') return;

  await t.test('a second SIGTERM ends it at once', async (sub) => {
    const server = await startBusy(sub, combination);
    let ended = false;
    void server.ended.then(() => {
      ended = true;
    });
    // Two signals in a row may arrive as one, so it goes on until the end.
    await until('the server ends', () => {
      if (ended) return true;
      server.signal('SIGTERM');
      return undefined;
    });
    assertCutShort(await server.stopped());
  });

  await t.test('the end of SHUTDOWN_GRACE_MS ends it', async (sub) => {
    const server = await startBusy(sub, combination, { SHUTDOWN_GRACE_MS: '50' });
    assertCutShort(await server.stop());
  });
}

/** A server with a request in flight that takes longer than the rest of the test. */
async function startBusy(t: TestContext, combination: Combination, env: Env = {}): Promise<Server> {
  const server = await start(t, combination, { WORK: longWork, ...env });
  const [connection] = await openAll(server, 1);
  connection?.send(requestText('/data'));
  await untilBooks(server, 'it has started', ({ started }) => started === 1);
  return server;
}

/** Connections that wait at the server's listeners now. */
function acceptQueueOf({ url }: Server): number {
  const text = execFileSync('ss', ['-H', '-ltn', `sport = :${url.port}`], { encoding: 'utf8' });
  const lengths = text
    .trimEnd()
    .split('\n')
    .map((line) => Number(/^LISTEN +(\d+) /.exec(line)?.[1]));
  return lengths.reduce((sum, length) => sum + length, 0);
}

async function openAll(server: Server, count: number): Promise<RawConnection[]> {
  return Promise.all(Array.from({ length: count }, () => RawConnection.open(server.url)));
}

/** Whether it was answered, and then rightly: one that was never accepted is reset. */
async function answeredRight(connection: RawConnection, work = bigWork): Promise<boolean> {
  if (!(await connection.more())) return false;
  const { status, body } = await connection.reply();
  assert.equal(status, 200);
  assert.equal(body, dataBody(work));
  return true;
}

/** @returns how many connections were opened on the way. */
async function untilRefused(server: Server): Promise<number> {
  let opened = 0;
  await until('a new connection is refused', async () => {
    try {
      (await RawConnection.open(server.url)).close();
      opened += 1;
      return undefined;
    } catch (error) {
      const code = error instanceof Error && 'code' in error ? String(error.code) : '';
      if (['ECONNREFUSED', 'ECONNRESET'].includes(code)) return true;
      throw error;
    }
  });
  return opened;
}

function assertDrained({ code, drained, stdout, stderr }: Stopped): void {
  assert.equal(code, 0, `exit 0 when drained; ${[...stdout.slice(1), ...stderr].join(' | ')}`);
  assert.equal(drained?.complete, true);
  assert.equal(drained.started, drained.completed + drained.aborted);
  assert.equal(stdout.length, 2, 'one line when it listens, one when it has drained');
  assert.deepEqual(stderr, []);
}

function assertCutShort({ code, drained, stdout, stderr }: Stopped): void {
  assert.equal(code, 1, `exit 1 when cut short; ${[...stdout.slice(1), ...stderr].join(' | ')}`);
  assert.equal(drained?.complete, false);
  assert.equal(stdout.length, 2, stdout.join(' | '));
}
