import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { after, type TestContext, test } from 'node:test';
import { requestText } from '@acceptbench/client/reply';
import { type Books, closed, untilBooks } from './books.ts';
import { closeConnections, once, RawConnection } from './client.ts';
import {
  bigWork,
  type Combination,
  dataBody,
  nameOf,
  offloads,
  smallWork,
  start,
  startOrRefusal,
} from './combination.ts';
import { countDescriptors } from './descriptors.ts';
import { assertRule } from './deviations.ts';
import { exchange } from './exchange.ts';
import { refusedAlways, refusedByRule } from './malformed.ts';
import { killServers, readManifest, type Server } from './process.ts';
import { until } from './waiting.ts';

/**
 * Defines the tests with clients that mean harm or are broken, over each API and topology that a manifest names. After
 * each, the server answers, has given its descriptors back, and its books close. How soon it answered is shown: a test's
 * outcome must not hang on what else the machine does.
 */
export function defineHostile(manifestUrl: URL): void {
  after(() => {
    closeConnections();
    killServers();
  });
  const manifest = readManifest(manifestUrl);
  for (const api of manifest.apis) {
    for (const topology of manifest.topologies) {
      const combination: Combination = { manifestUrl, manifest, api, topology };
      test(`hostile clients: ${nameOf(combination)}`, async (t) => {
        const server = await startOrRefusal(t, combination);
        if (typeof server === 'string') {
          t.skip(`not offered: ${server}`);
          return;
        }
        // What is no HTTP is refused by an API's own code, which is the same in each topology.
        if (topology === manifest.topologies[0]) await malformedTests(t, combination, server);
        await connectionTests(t, combination, server);
      });
    }
  }
}

async function malformedTests(t: TestContext, combination: Combination, server: Server): Promise<void> {
  const { url } = server;

  await t.test('what is no request is refused, and hides no second one', (sub) =>
    unharmed(sub, server, async () => {
      const before = await untilBooks(server, 'the books close', closed);
      for (const [what, bytes] of Object.entries(refusedAlways)) {
        const seen = await exchange(url, bytes);
        assert.match(seen, /^(?:(?:400|501|505) )?closed$/, `${what}: ${seen}`);
      }
      const books = await untilBooks(server, 'the books close', closed);
      assert.equal(books.worked, before.worked, 'no work was done for any of it');
    }),
  );

  await t.test('what a runtime’s own HTTP code decides is as known, and hides no second request', (sub) =>
    unharmed(sub, server, async () => {
      const before = await untilBooks(server, 'the books close', closed);
      for (const [rule, bytes] of refusedByRule) assertRule(combination, rule, await exchange(url, bytes));
      const books = await untilBooks(server, 'the books close', closed);
      assert.equal(books.worked, before.worked, 'no work was done for any of it');
    }),
  );
}

async function connectionTests(t: TestContext, combination: Combination, server: Server): Promise<void> {
  const { url } = server;

  await t.test('clients that send a byte now and then do not keep others waiting', (sub) =>
    unharmed(sub, server, async () => {
      const slow = await openMany(url, 50);
      const bytes = 'GET /data HTTP/1.1\r\nHost: test\r\nX: ';
      for (const byte of bytes) {
        for (const connection of slow) connection.send(byte);
        await new Promise(setImmediate);
      }
      assert.equal((await once(url, '/data')).body, dataBody(smallWork));
      for (const connection of slow) connection.close();
    }),
  );

  await t.test('a client that says no more, or resets, in the middle of anything', (sub) =>
    unharmed(sub, server, async () => {
      const texts = [
        '',
        'GET /da',
        'GET /data HTTP/1.1\r\nHost: x\r\n',
        requestText('/data'),
        post('hel'),
        post(''),
      ];
      for (const text of texts) {
        for (const end of ['halfClose', 'reset', 'close'] as const) {
          const connection = await RawConnection.open(url);
          connection.send(text);
          connection[end]();
          // A runtime may take a half-closed connection as gone: it answers, or ends the connection.
          if (end === 'halfClose') await connection.ended();
        }
      }
    }),
  );

  await t.test('clients that leave when their reply is on its way', (sub) =>
    unharmed(sub, server, async () => {
      for (let batch = 0; batch < 10; batch += 1) {
        const connections = await openMany(url, 100);
        for (const connection of connections) connection.send(requestText('/data'));
        for (const [index, connection] of connections.entries()) {
          if (index % 2 === 0) connection.reset();
          else connection.close();
        }
      }
    }),
  );

  await t.test('connections that say nothing do not keep others out', (sub) =>
    unharmed(sub, server, async () => {
      const silent = await openMany(url, silentConnections());
      for (let request = 0; request < 5; request += 1) {
        assert.equal((await once(url, '/data')).body, dataBody(smallWork));
      }
      for (const connection of silent) connection.close();
    }),
  );

  if (!offloads(combination)) return;
  await t.test('clients that leave while their jobs wait', async (sub) => {
    const busy = await start(sub, combination, { WORK: bigWork });
    await unharmed(sub, busy, async () => {
      const connections = await openMany(busy.url, 100);
      for (const connection of connections) connection.send(requestText('/data'));
      await untilBooks(busy, 'all have started', ({ started }) => started === 100 + 1);
      for (const connection of connections) connection.reset();
      const books = await untilBooks(busy, 'the books close', closed);
      assert.equal(books.finished + books.aborted, 101);
      // Five seconds of work are asked for: none would be left only where the machine stands still for all of them.
      assert.ok((books.abandoned ?? 0) > 0, `${books.abandoned} jobs were dropped`);
    });
  });
}

/** Does harm, and then sees to it that the server answers, has no descriptor more, and that its books close. */
async function unharmed(t: TestContext, server: Server, harm: () => Promise<void>): Promise<void> {
  await once(server.url, '/data');
  await untilBooks(server, 'the books close before', closed);
  const before = countDescriptors(server.pid);
  await harm();
  const askedAt = performance.now();
  assert.equal((await once(server.url, '/data')).status, 200);
  const recoveryMs = performance.now() - askedAt;
  let books: Books | undefined;
  books = await untilBooks(server, 'the books close', closed);
  let now = 0;
  await until(
    `no more than ${before} descriptors`,
    () => {
      now = countDescriptors(server.pid);
      return now <= before ? true : undefined;
    },
    () => `, still ${now}; ${JSON.stringify(books)}`,
  );
  t.diagnostic(`answered after ${recoveryMs.toFixed(0)} ms`);
}

async function openMany(url: URL, count: number): Promise<RawConnection[]> {
  const connections: RawConnection[] = [];
  while (connections.length < count) {
    // Fewer at once than an accept queue holds, or the kernel drops some and a retry takes a second.
    const batch = Math.min(100, count - connections.length);
    connections.push(...(await Promise.all(Array.from({ length: batch }, () => RawConnection.open(url)))));
  }
  return connections;
}

/** 5,000, or as many as the limit on open files leaves room for. */
function silentConnections(): number {
  const limit = /^Max open files\s+(\d+)/m.exec(readFileSync('/proc/self/limits', 'utf8'))?.[1];
  return Math.min(5000, Math.floor(Number(limit ?? 1024) * 0.8));
}

function post(body: string): string {
  return `${requestText('/data', 'POST', ['Content-Length: 5'])}${body}`;
}
