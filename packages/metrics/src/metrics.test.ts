import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Histogram, Registry } from '@prometheus-io/client';
import fc from 'fast-check';
import { momentsOriginMs, requestBuckets } from './catalogue.ts';
import { createExposition, type ExpositionSource } from './exposition.ts';
import { allocateMetrics, slotLength, slotOf } from './layout.ts';
import { Recorder } from './recorder.ts';
import { readTotals } from './snapshot.ts';

const source = (memory: SharedArrayBuffer, extra: Partial<ExpositionSource> = {}): ExpositionSource => ({
  memory,
  threads: [
    { name: 'accept-0', writes: ['accept', 'serve', 'queue'] },
    { name: 'worker-0', writes: ['compute'] },
  ],
  connectionHook: true,
  info: { runtime: 'node', version: '1.2.3' },
  ...extra,
});

const seconds = fc.oneof(
  fc.double({ min: 0, max: 10, noNaN: true }),
  fc.constantFrom(...requestBuckets),
  fc.constantFrom(...requestBuckets.map((bound) => bound + Number.EPSILON)),
);

test('the histogram in shared memory counts as the client’s own histogram does', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.record({ status: fc.constantFrom(200, 404, 503), value: seconds }), { maxLength: 60 }),
      async (observations) => {
        const memory = allocateMetrics(2);
        const recorder = new Recorder(memory, 0);
        const registry = new Registry();
        const reference = new Histogram({
          name: 'http_server_request_duration_seconds',
          help: 'reference',
          labelNames: ['thread', 'http_response_status_code'],
          buckets: [...requestBuckets],
          registers: [registry],
        });
        for (const { status, value } of observations) {
          recorder.requestFinished(status, 0, value * 1000);
          const labels = { thread: 'accept-0', http_response_status_code: String(status) };
          reference.observe(labels, (value * 1000) / 1000);
        }
        const { text } = await createExposition(source(memory)).render(undefined);
        assert.deepEqual(
          series(text, 'http_server_request_duration_seconds'),
          series(await registry.metrics(), 'http_server_request_duration_seconds'),
        );
      },
    ),
  );
});

test('each thread writes only its own slot', () => {
  const memory = allocateMetrics(3);
  const recorder = new Recorder(memory, 1);
  recorder.connectionAccepted(momentsOriginMs + 1000);
  recorder.requestStarted();
  recorder.requestFinished(299, momentsOriginMs, momentsOriginMs + 100_000);
  recorder.workDone(100);
  recorder.jobWaited(100);
  recorder.offloadQueueLength(7);
  recorder.workerRestarted();
  assert.ok(slotOf(memory, 0).every((value) => value === 0));
  assert.ok(slotOf(memory, 2).every((value) => value === 0));
  assert.equal(slotOf(memory, 1).filter((value) => value !== 0).length, 12);
  assert.equal((slotLength * 8) % 64, 0, 'a slot ends on a cache line');
});

test('moments add up by status, so that each status has its mean moment', async () => {
  const memory = allocateMetrics(2);
  const recorder = new Recorder(memory, 0);
  for (const seconds of [1, 2, 6]) recorder.requestFinished(200, 0, momentsOriginMs + seconds * 1000);
  recorder.requestFinished(503, 0, momentsOriginMs + 8000);
  const { text } = await createExposition(source(memory)).render(undefined);
  const name = 'acceptbench_requests_finished_at_seconds_total';
  const of = (status: number) => `\n${name}{thread="accept-0",http_response_status_code="${status}"}`;
  assert.ok(text.includes(`# TYPE ${name} counter\n`));
  assert.ok(text.includes(`${of(200)} 9\n`));
  assert.ok(text.includes(`${of(503)} 8\n`));
  assert.ok(!text.includes(of(404)));
  for (const seconds of [3, 4]) recorder.connectionAccepted(momentsOriginMs + seconds * 1000);
  const { text: later } = await createExposition(source(memory)).render(undefined);
  assert.ok(later.includes('\nacceptbench_connections_accepted_at_seconds_total{thread="accept-0"} 7\n'));
});

test('totals add up over threads', () => {
  const memory = allocateMetrics(2);
  for (const thread of [0, 1]) {
    const recorder = new Recorder(memory, thread);
    recorder.connectionAccepted(momentsOriginMs + 1000);
    recorder.requestStarted();
    recorder.requestFinished(200, momentsOriginMs, momentsOriginMs + 4);
  }
  new Recorder(memory, 1).requestAborted();
  const totals = readTotals(memory, 2);
  assert.deepEqual([totals.accepted, totals.started, totals.completed, totals.aborted], [2, 2, 2, 1]);
});

test('what a runtime does not expose is absent, and so is what a thread never writes', async () => {
  const memory = allocateMetrics(2);
  const { text } = await createExposition(source(memory, { connectionHook: false })).render('text/plain');
  assert.doesNotMatch(text, /acceptbench_connections/);
  assert.match(text, /acceptbench_offload_queue_length\{thread="accept-0"\} 0/);
  assert.doesNotMatch(text, /acceptbench_offload_queue_length\{thread="worker-0"\}/);
});

test('OpenMetrics is given where it is asked for', async () => {
  const memory = allocateMetrics(2);
  new Recorder(memory, 0).connectionAccepted(momentsOriginMs + 1000);
  const exposition = createExposition(source(memory));
  const openMetrics = await exposition.render('application/openmetrics-text; version=1.0.0');
  assert.match(openMetrics.contentType, /^application\/openmetrics-text/);
  assert.match(openMetrics.text, /# TYPE acceptbench_connections_accepted counter\n/);
  assert.match(openMetrics.text, /\nacceptbench_connections_accepted_total\{thread="accept-0"\} 1\n/);
  assert.ok(openMetrics.text.endsWith('# EOF\n'));
  const prometheus = await exposition.render(undefined);
  assert.match(prometheus.contentType, /^text\/plain; version=0.0.4/);
  assert.match(prometheus.text, /# TYPE acceptbench_connections_accepted_total counter\n/);
  assert.doesNotMatch(prometheus.text, /# EOF/);
});

test('the moment of reading is shown to the µs, and is absent where nobody says it', async () => {
  const memory = allocateMetrics(2);
  const shown = async (now?: () => number) =>
    (await createExposition(source(memory), now).render(undefined)).text;
  const line = /^acceptbench_metrics_read_timestamp_seconds (\S+)$/m;
  assert.equal(Number(line.exec(await shown(() => 1795656033291.125))?.[1]), 1795656033.291125);
  assert.doesNotMatch(await shown(), line);
});

test('nothing that is shown came after the moment of reading', async () => {
  const memory = allocateMetrics(2);
  const recorder = new Recorder(memory, 0);
  const now = () => {
    recorder.requestStarted();
    return momentsOriginMs;
  };
  const { text } = await createExposition(source(memory), now).render(undefined);
  assert.match(text, /^acceptbench_requests_started_total\{thread="accept-0"\} 0$/m);
});

test('a label that a hostile value came into is escaped', async () => {
  const memory = allocateMetrics(2);
  const { text } = await createExposition(source(memory, { info: { version: 'a"b\\c\nd' } })).render(
    undefined,
  );
  assert.match(text, /acceptbench_server_info\{version="a\\"b\\\\c\\nd"\} 1\n/);
});

/** The series of a metric as a map from name and sorted labels to value. */
function series(text: string, name: string): Record<string, number> {
  const found: Record<string, number> = {};
  for (const line of text.split('\n')) {
    const match = /^(\w+)\{(.*)\} (\S+)$/.exec(line);
    if (match?.[1]?.startsWith(name) !== true) continue;
    found[`${match[1]} ${(match[2] ?? '').split(',').sort().join(',')}`] = Number(match[3]);
  }
  return found;
}
