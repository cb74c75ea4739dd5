import assert from 'node:assert/strict';
import type { TestContext } from 'node:test';
import { closed, parseStrictly, scrape, toBooks, untilBooks } from './books.ts';
import { once } from './client.ts';
import { type Combination, dataBody, smallWork, start } from './combination.ts';
import { countDescriptors } from './descriptors.ts';
import { mortality } from './mortal.ts';
import { until } from './waiting.ts';

/** Jobs that are done, beside those that are lost, while there is a worker left that is to come to harm. */
const doneJobs = mortality.lostJobs * (mortality.fatalJob - 1);
const jobs = mortality.lostJobs + doneJobs;

/**
 * Descriptors that a runtime itself never gives back. Deno keeps 6 of a thread that its owner terminates while it runs, and
 * none of one that exits or throws; a server of ours terminates threads only when it ends.
 */
const keptDescriptors: Readonly<Record<string, number>> = { deno: 6 };

/** What becomes of jobs whose worker's thread ends, or throws, under way; the server is that of mortal.ts. */
export async function deathTests(t: TestContext, combination: Combination, mortalUrl: URL): Promise<void> {
  const mortal = { ...combination, manifestUrl: mortalUrl };

  await t.test(
    'a worker that dies is replaced, its job answered with 500, those behind it done, and no count drifts',
    async (sub) => {
      const server = await start(sub, mortal, { WORKERS: '1' });
      const most = countDescriptors(server.pid) + (keptDescriptors[combination.manifest.runtime] ?? 0);
      // At once, so that there is a job ahead at each worker that dies, and others wait.
      const replies = await Promise.all(Array.from({ length: jobs }, () => once(server.url, '/data')));
      const failed = replies.filter(({ status }) => status === 500);
      const done = replies.filter(({ status }) => status === 200);
      assert.equal(failed.length, mortality.lostJobs);
      for (const reply of failed) assert.equal(reply.body, 'the work failed\n');
      assert.equal(done.length, doneJobs);
      for (const reply of done) assert.equal(reply.body, dataBody(smallWork));
      assert.equal((await once(server.url, '/data')).status, 200, 'the last worker lives');

      await untilBooks(server, 'the books close', closed);
      const samples = parseStrictly((await scrape(server)).body);
      const books = toBooks(samples);
      assert.equal(books.started, jobs + 1);
      assert.equal(books.finished, jobs + 1);
      assert.equal(books.workerRestarts, mortality.restarts);
      const failures = samples.filter(
        ({ name, labels }) =>
          name === 'http_server_request_duration_seconds_count' && labels.http_response_status_code === '500',
      );
      assert.equal(
        failures.reduce((sum, { value }) => sum + value, 0),
        mortality.lostJobs,
      );
      await until(
        'dead threads have given their descriptors back',
        () => countDescriptors(server.pid) <= most || undefined,
        () => `${countDescriptors(server.pid)}, accepted are ${most}`,
      );
      const { code, drained } = await server.stop();
      assert.equal(code, 0);
      assert.equal(drained?.started, jobs + 1);
      assert.equal(drained.completed, jobs + 1);
      assert.equal(drained.workerRestarts, mortality.restarts);
    },
  );
}
