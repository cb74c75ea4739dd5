import assert from 'node:assert/strict';
import type { TestContext } from 'node:test';
import { requestText } from '@acceptbench/client/reply';
import { type Books, closed, untilBooks } from './books.ts';
import { RawConnection } from './client.ts';
import { bigWork, type Combination, dataBody, start } from './combination.ts';
import type { Server } from './process.ts';
import { inTime } from './waiting.ts';

/** The offload queue as a client sees it: abandoned and shed jobs. */
export async function offloadTests(t: TestContext, combination: Combination): Promise<void> {
  await t.test(
    'the job of a client that has gone is dropped and counted; the others are answered',
    async (sub) => {
      const server = await start(sub, combination, { WORKERS: '1', WORK: bigWork });
      let before = await untilBooks(server, 'the books close', closed);
      await inTime('three go before their jobs are begun', async (tried) => {
        // The more often it was too late, the more are before them.
        const stay = 6 + 2 * tried;
        const staying = await queue(server, stay, before.started + stay);
        const leaving = await queue(server, 3, before.started + stay + 3);
        for (const connection of leaving) connection.close();
        for (const connection of staying) {
          const { status, body } = await connection.reply();
          assert.equal(status, 200);
          assert.equal(body, dataBody(bigWork));
          connection.close();
        }
        const after = await untilBooks(server, 'each job is done or dropped, and the books close', (now) => {
          const { worked, abandoned } = growthOf(before, now);
          return closed(now) && worked + abandoned === stay + 3;
        });
        const since = growthOf(before, after);
        before = after;
        assert.equal(since.finished + since.aborted, stay + 3);
        assert.ok(since.abandoned <= 3 && since.aborted >= since.abandoned);
        // No work was done for who had gone.
        return since.abandoned === 3 && since.worked === stay;
      });
      assert.equal((await server.stop()).code, 0);
    },
  );

  await t.test('a client that goes while its job is being done is counted as aborted', async (sub) => {
    const server = await start(sub, combination, { WORKERS: '1', WORK: bigWork });
    let before = await untilBooks(server, 'the books close', closed);
    await inTime('it goes before its job is done', async () => {
      const [connection] = await queue(server, 1, before.started + 1);
      connection?.reset();
      const after = await untilBooks(
        server,
        'it has ended and its work has run out',
        (now) => closed(now) && now.worked === before.worked + 1,
      );
      const since = growthOf(before, after);
      before = after;
      assert.equal(since.aborted + since.finished, 1);
      return since.aborted === 1;
    });
    assert.equal((await server.stop()).code, 0);
  });

  await t.test(
    'QUEUE_LIMIT: what is in excess gets 503 with Retry-After, and is counted as shed',
    async (sub) => {
      const server = await start(sub, combination, { WORKERS: '1', QUEUE_LIMIT: '2', WORK: bigWork });
      let before = await untilBooks(server, 'the books close', closed);
      await inTime('three come while one is at the worker and two wait', async () => {
        // One at the worker and two that wait.
        const taken = await queue(server, 3, before.started + 3);
        const excess = await queue(server, 3, before.started + 6);
        let refused = 0;
        for (const connection of excess) {
          const { status, headers, body } = await connection.reply();
          if (status === 200) continue;
          refused += 1;
          assert.equal(status, 503);
          assert.match(headers.get('retry-after') ?? '', /^[1-9][0-9]*$/);
          assert.equal(headers.get('content-type'), 'text/plain; charset=utf-8');
          assert.equal(body, 'overloaded\n');
        }
        for (const connection of taken) assert.equal((await connection.reply()).body, dataBody(bigWork));
        for (const connection of [...taken, ...excess]) connection.close();
        const after = await untilBooks(server, 'the books close', closed);
        const since = growthOf(before, after);
        before = after;
        assert.equal(since.shed, refused);
        assert.equal(since.worked, 6 - refused);
        assert.equal(since.finished, 6);
        return refused === 3;
      });
      assert.equal((await server.stop()).drained?.shed, before.shed);
    },
  );
}

/** What was counted between two readings of the books. */
function growthOf(before: Books, after: Books) {
  const grown = (pick: (books: Books) => number | undefined) => (pick(after) ?? 0) - (pick(before) ?? 0);
  return {
    finished: grown(({ finished }) => finished),
    aborted: grown(({ aborted }) => aborted),
    worked: grown(({ worked }) => worked),
    abandoned: grown(({ abandoned }) => abandoned),
    shed: grown(({ shed }) => shed),
  };
}

/** Sends requests, a connection each, and waits until the server has started so many in all. */
async function queue(server: Server, count: number, startedInAll: number): Promise<RawConnection[]> {
  const connections = await Promise.all(Array.from({ length: count }, () => RawConnection.open(server.url)));
  for (const connection of connections) connection.send(requestText('/data'));
  await untilBooks(server, `${startedInAll} have started`, ({ started }) => started === startedInAll);
  return connections;
}
