import assert from 'node:assert/strict';
import type { TestContext } from 'node:test';
import { requestText } from '@acceptbench/client/reply';
import { closed, untilBooks } from './books.ts';
import { RawConnection } from './client.ts';
import { bigWork, type Combination, dataBody, start } from './combination.ts';
import type { Server } from './process.ts';

/** The offload queue as a client sees it: abandoned and shed jobs. */
export async function offloadTests(t: TestContext, combination: Combination): Promise<void> {
  await t.test(
    'the job of a client that has gone is dropped and counted; the others are answered',
    async (sub) => {
      const server = await start(sub, combination, { WORKERS: '1', WORK: bigWork });
      const staying = await queue(server, 6, 6);
      const leaving = await queue(server, 3, 9);
      for (const connection of leaving) connection.close();
      const after = await untilBooks(server, 'three are abandoned', ({ abandoned }) => abandoned === 3);
      assert.equal(after.aborted, 3);
      for (const connection of staying) {
        const { status, body } = await connection.reply();
        assert.equal(status, 200);
        assert.equal(body, dataBody(bigWork));
        connection.close();
      }
      const books = await untilBooks(server, 'the books close', closed);
      assert.equal(books.finished, 6);
      assert.equal(books.worked, 6, 'no work was done for who had gone');
      assert.equal(books.queueLength, 0);
      assert.equal((await server.stop()).code, 0);
    },
  );

  await t.test('a client that goes while its job is being done is counted as aborted', async (sub) => {
    const server = await start(sub, combination, { WORKERS: '1', WORK: bigWork });
    const [connection] = await queue(server, 1, 1);
    connection?.reset();
    const books = await untilBooks(
      server,
      'it is aborted and its work has run out',
      (now) => closed(now) && now.worked === 1,
    );
    assert.equal(books.aborted, 1);
    assert.equal(books.finished, 0);
    assert.equal((await server.stop()).code, 0);
  });

  await t.test(
    'QUEUE_LIMIT: what is in excess gets 503 with Retry-After, and is counted as shed',
    async (sub) => {
      const server = await start(sub, combination, { WORKERS: '1', QUEUE_LIMIT: '2', WORK: bigWork });
      // One at the worker and two that wait.
      const taken = await queue(server, 3, 3);
      const excess = await queue(server, 3, 6);
      for (const connection of excess) {
        const { status, headers, body } = await connection.reply();
        assert.equal(status, 503);
        assert.match(headers.get('retry-after') ?? '', /^[1-9][0-9]*$/);
        assert.equal(headers.get('content-type'), 'text/plain; charset=utf-8');
        assert.equal(body, 'overloaded\n');
      }
      for (const connection of taken) assert.equal((await connection.reply()).body, dataBody(bigWork));
      for (const connection of [...taken, ...excess]) connection.close();
      const books = await untilBooks(server, 'the books close', closed);
      assert.equal(books.shed, 3);
      assert.equal(books.worked, 3);
      assert.equal(books.finished, 6);
      assert.equal((await server.stop()).drained?.shed, 3);
    },
  );
}

/** Sends requests, a connection each, and waits until the server has started so many in all. */
async function queue(server: Server, count: number, startedInAll: number): Promise<RawConnection[]> {
  const connections = await Promise.all(Array.from({ length: count }, () => RawConnection.open(server.url)));
  for (const connection of connections) connection.send(requestText('/data'));
  await untilBooks(server, `${startedInAll} have started`, ({ started }) => started === startedInAll);
  return connections;
}
