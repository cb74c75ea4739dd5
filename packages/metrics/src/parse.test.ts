import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { createExposition } from './exposition.ts';
import { allocateMetrics } from './layout.ts';
import { parseExposition } from './parse.ts';
import { Recorder } from './recorder.ts';

test('what was recorded by several threads is read back as its sum', async () => {
  const loads = fc.array(fc.array(fc.integer({ min: 0, max: 1000 }), { maxLength: 20 }), {
    minLength: 2,
    maxLength: 2,
  });
  await fc.assert(
    fc.asyncProperty(loads, async (threads) => {
      const memory = allocateMetrics(2);
      threads.forEach((milliseconds, thread) => {
        const recorder = new Recorder(memory, thread);
        for (const ms of milliseconds) {
          recorder.requestStarted();
          recorder.workDone(ms / 1000);
        }
      });
      const { text } = await createExposition({
        memory,
        threads: [0, 1].map((index) => ({
          name: `t"}\n ${index} 7`,
          writes: ['accept', 'serve', 'compute'],
        })),
        connectionHook: false,
        info: {},
      }).render(undefined);
      const values = parseExposition(text);
      const all = threads.flat();
      assert.equal(values.acceptbench_requests_started_total, all.length);
      assert.equal(values.acceptbench_work_duration_seconds_count, all.length);
      const sum = all.reduce((total, ms) => total + ms, 0) / 1000;
      assert.ok(Math.abs((values.acceptbench_work_duration_seconds_sum ?? -1) - sum) < 1e-9);
      assert.equal(values.http_server_active_requests, all.length);
      assert.equal(
        Object.keys(values).some((name) => name.endsWith('_bucket')),
        false,
      );
    }),
  );
});

test('what is no sample is passed over', () => {
  const text =
    '# HELP a b\n# TYPE a counter\na 1 1700000000000\na{x="1"} 2\n\nnot a sample\nb NaN\nc +Inf\nd{ 3\n';
  assert.deepEqual(parseExposition(text), { a: 3 });
});

test('what has a status code is there in all, and by its code', () => {
  const series = (thread: string, code: number, value: number) =>
    `request_seconds_count{thread="${thread}",http_response_status_code="${code}"} ${value}`;
  assert.deepEqual(
    parseExposition([series('a', 200, 5), series('b', 200, 2), series('a', 503, 4)].join('\n')),
    {
      request_seconds_count: 11,
      'request_seconds_count{http_response_status_code="200"}': 7,
      'request_seconds_count{http_response_status_code="503"}': 4,
    },
  );
});
