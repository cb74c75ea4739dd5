/** A replicate as Prometheus has it, whole at first; then each way in which it may not be. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { bucketName, bucketOf } from '@acceptbench/k6/histogram';
import { aCell, aRun, windowStartMs } from '@acceptbench/report/testing';
import { isMeasured, type MeasuredReplicate, Replicate } from '@acceptbench/results/replicate';
import { collectReplicate } from './collectReplicate.ts';
import { ClusterPlan } from './plan.ts';
import type { HistogramSeries, InstantSeries, NativeHistogram, Querying, StoredSeries } from './query.ts';

/** 300 a second for 10 s, each answered in 40 ms, 3 of them work; two runners, and a reading every second. */
const cell = aCell({ rate: 300, ofCeiling: 1.2 });
const arrivals = 3000;
const scrapeSeconds = 1;

const plan = ClusterPlan.parse({
  ...shared(),
  cells: [cell],
  notOffered: [],
  replicates: [
    { order: 1, block: 1, attempt: 1, cell: cell.id, folder: 'replicates/001', testRun: 'acceptbench-001' },
  ],
  cluster: {
    namespace: 'acceptbench',
    parallelism: 2,
    serverCpus: 2,
    prometheus: 'http://127.0.0.1:9090',
    scrapeSeconds,
    pushSeconds: 1,
    images: {},
    versions: { bun: '1.4.5' },
  },
});

function shared() {
  const { schemaVersion, id, command, seed, commit, acceptbenchVersion, experiment, calibrations } = aRun([
    cell,
  ]);
  return { schemaVersion, id, command, seed, commit, acceptbenchVersion, experiment, calibrations };
}

/** A series that a runner pushed: of numbers, or of native histograms. */
type Series = InstantSeries | HistogramSeries;

/** What a runner pushes of so many right responses. */
function pushed(runner: number, n = arrivals / 2, startMs = windowStartMs): Series[] {
  const histogram = (seconds: number): NativeHistogram => ({
    count: n,
    sum: n * seconds,
    buckets: [{ lower: seconds * 0.99, upper: seconds * 1.08, count: n }],
  });
  const third = Math.floor(n / 3);
  const series: [string, number | NativeHistogram][] = [
    ['k6_window_start', startMs],
    ['k6_scheduling_lag_seconds', histogram(0.001)],
    ['k6_response_time_seconds', histogram(0.04)],
    [`k6_${bucketName(bucketOf(40))}_total`, n],
    ['k6_completed_total', n],
    ['k6_completed_in_window_total', 3 * third],
    ['k6_completed_first_third_total', third],
    ['k6_completed_second_third_total', third],
    ['k6_completed_last_third_total', third],
    ['k6_connections_total', n],
    ['k6_opening_ms_total', n * 0.5],
    ['k6_ended_at_ms_total', n * 5040],
  ];
  return series.map(([name, value]) => ({
    name,
    labels: { instance_id: String(runner), scenario: 'measure' },
    ...(typeof value === 'number' ? { value } : { last: value }),
  }));
}

/** Seconds since the window's start at which something is read, and how far the window has come by then. */
const moments = Array.from({ length: 31 }, (_, index) => -9.5 + index * scrapeSeconds);
const share = (second: number) => Math.min(1, Math.max(0, second / 10));

function read(name: string, labels: Record<string, string>, value: (second: number) => number): StoredSeries {
  const points = moments.map((second) => ({ atMs: windowStartMs + second * 1000, value: value(second) }));
  return { name, labels: { instance: '10.0.0.1:9464', ...labels }, points };
}

/** After a warm-up of 100 requests that ended 4 s before the window. A queue of 9 throughout it, of 15 ms for each. */
function readings(): StoredSeries[] {
  const counted = (second: number) => (second < -4 ? 0 : 100) + Math.round(arrivals * share(second));
  const listener = { address: '10.0.0.1:8080', inode: '77' };
  const each = (seconds: number) => (second: number) => counted(second) * seconds;
  return [
    read('acceptbench_requests_started_total', {}, counted),
    read('http_server_request_duration_seconds_count', { http_response_status_code: '200' }, counted),
    read('http_server_request_duration_seconds_sum', { http_response_status_code: '200' }, each(0.005)),
    read('http_server_active_requests', {}, (second) => (second > 0 && second < 10 ? 1 : 0)),
    read('acceptbench_work_duration_seconds_count', {}, counted),
    read('acceptbench_work_duration_seconds_sum', {}, each(0.003)),
    read('acceptbench_server_info', { version: '1.4.5' }, () => 1),
    read('acceptbench_accept_queue_length', listener, (second) => (second > 0 && second < 10 ? 9 : 0)),
    read('acceptbench_accept_queue_limit', listener, () => 512),
    read('acceptbench_accept_queue_connection_seconds_total', listener, each(0.03)),
    read('acceptbench_stage_connection_seconds_total', { stage: 'process' }, each(0.002)),
    read('acceptbench_stage_connection_seconds_total', { stage: 'work' }, each(0.005)),
    read('acceptbench_kernel_connections_opened_total', {}, counted),
    read('acceptbench_kernel_listen_overflows_total', {}, () => 3),
    read('acceptbench_probe_samples_total', {}, (second) => Math.round((second + 20) * 50)),
  ];
}

interface Stored {
  readonly runners?: Series[];
  readonly again?: InstantSeries[];
  readonly readings?: StoredSeries[];
}

async function collected(stored: Stored): Promise<Replicate> {
  const runners = stored.runners ?? [...pushed(1), ...pushed(2)];
  const prometheus: Querying = {
    async instant(expression) {
      if (expression.startsWith('max_over_time(')) return stored.again ?? [];
      assert.ok(expression.includes(`run="${plan.id}",cell="${cell.id}",block="1",attempt="1"`), expression);
      const names = new RegExp(`^(${/__name__=~"([^"]+)"/.exec(expression)?.[1]})$`);
      return runners.filter((series) => 'value' in series && names.test(series.name)) as InstantSeries[];
    },
    async lastHistograms(selector) {
      const runner = /instance_id="(\d*)"/.exec(selector)?.[1];
      return runners.filter(
        (series) => 'last' in series && series.labels.instance_id === runner,
      ) as HistogramSeries[];
    },
    stored: async () => stored.readings ?? readings(),
  };
  const [planned] = plan.replicates;
  assert.ok(planned !== undefined);
  const { replicate } = await collectReplicate(planned, {
    plan,
    prometheus,
    nowMs: windowStartMs + 3_600_000,
    sinceSeconds: 86_400,
  });
  return Replicate.parse(replicate);
}

async function measured(stored: Stored = {}): Promise<MeasuredReplicate> {
  const replicate = await collected(stored);
  assert.ok(isMeasured(replicate), JSON.stringify(replicate));
  return replicate;
}

async function failure(stored: Stored): Promise<string> {
  const replicate = await collected(stored);
  assert.equal(replicate.outcome, 'failed');
  return replicate.outcome === 'failed' ? replicate.error : '';
}

const reasonsOf = (replicate: Replicate) =>
  replicate.outcome === 'invalid' ? replicate.reasons.map(({ gate, reason }) => `${gate}: ${reason}`) : [];

/** The readings with one series changed. */
function changed(name: string, change: (series: StoredSeries) => StoredSeries): StoredSeries[] {
  return readings().map((series) => (series.name === name ? change(series) : series));
}

const without = (series: StoredSeries, from: number, to: number): StoredSeries => ({
  ...series,
  points: series.points.filter(({ atMs }) => {
    const second = (atMs - windowStartMs) / 1000;
    return second < from || second > to;
  }),
});

test('a whole replicate is valid, and each figure is what was put in', async () => {
  const replicate = await measured();
  assert.deepEqual(reasonsOf(replicate), []);
  assert.equal(replicate.rates.completedPerSecond, 300);
  assert.equal(replicate.requests.completed, arrivals);
  assert.ok(Math.abs(replicate.responseTimeMs.mean - 40) < 1e-9);
  assert.ok(replicate.responseTimeMs.p99 >= 40 && replicate.responseTimeMs.p99 < 40 * 2 ** (1 / 8));
  const stages = Object.fromEntries(
    replicate.stages.map(({ stage, meanMs }) => [stage, Number(meanMs.toFixed(6))]),
  );
  assert.deepEqual(stages, {
    'client-lag': 1.5,
    resend: 0,
    'accept-queue': 30,
    process: 2,
    work: 3,
    reply: 3.5,
  });
  assert.deepEqual(
    replicate.stages.filter(({ isRest }) => isRest).map(({ stage }) => stage),
    ['reply'],
  );
  const { acceptQueue } = replicate;
  assert.ok(acceptQueue !== null && Math.abs(acceptQueue.connectionSeconds - 90) < 1e-9);
  assert.deepEqual([acceptQueue.max, acceptQueue.limit, acceptQueue.overflows], [9, 512, 0]);
  assert.ok(Math.abs((acceptQueue.mean ?? 0) - 9) < 0.3, `${acceptQueue.mean}`);
  assert.deepEqual(
    replicate.books.filter(({ holds }) => !holds),
    [],
  );
  assert.equal(replicate.server.version, '1.4.5');
});

test('of a window with hardly a reading the sums are exact, and what they cannot tell is null', async () => {
  const sparse = readings().map((series) => without(series, 0, 9));
  const { acceptQueue, rates, stages, notMeasured } = await measured({ readings: sparse });
  assert.ok(acceptQueue !== null && Math.abs(acceptQueue.connectionSeconds - 90) < 1e-9);
  assert.deepEqual([acceptQueue.mean, acceptQueue.max, rates.acceptedPerSecond], [null, null, null]);
  assert.ok(Math.abs((stages.find(({ stage }) => stage === 'accept-queue')?.meanMs ?? 0) - 30) < 1e-9);
  assert.ok(notMeasured.some((sentence) => /fewer than 4 readings fell into the window/.test(sentence)));
});

test('without the probe’s integral of it the process is the rest, the reply with it', async () => {
  const noStages = readings().filter(({ name }) => name !== 'acceptbench_stage_connection_seconds_total');
  const { stages } = await measured({ readings: noStages });
  assert.deepEqual(
    stages.map(({ stage, isRest }) => [stage, isRest]),
    [
      ['client-lag', false],
      ['resend', false],
      ['accept-queue', false],
      ['process', true],
      ['work', false],
    ],
  );
});

test('runners that are missing, ended early, ran twice or apart make a failed replicate', async () => {
  const [one, two] = [pushed(1), pushed(2)];
  const cases: [Stored, RegExp][] = [
    [
      { runners: [] },
      /^no runner has pushed anything under run="\S+",cell="\S+",block="1" in the last 24 hours: was TestRun acceptbench-001 applied/,
    ],
    [
      { runners: two },
      /^runner 1 of 2 has pushed nothing: TestRun acceptbench-001 has failed, or has not ended$/,
    ],
    [
      { runners: [...one, ...pushed(2, 900)] },
      /^runner 2 of 2 has 900 of its 1500 arrivals: TestRun acceptbench-001 has failed/,
    ],
    [{ runners: [...one, ...two, ...pushed(3)] }, /^3 runners have pushed, and the plan has 2$/],
    [
      { runners: [...one, ...pushed(2, 1500, windowStartMs + 1400)] },
      /their runners started 1400 ms apart, 1000 ms is the most/,
    ],
    [{ runners: [...one, ...two, ...two.slice(0, 1)] }, /^two series are k6_window_start of runner 2/],
    [
      { runners: [...one, ...two.filter(({ name }) => !name.includes('_bucket_'))] },
      /^runner 2 has pushed 1500 right responses, 0 of them by size and 1500 with their time: a part of what it pushed is missing$/,
    ],
    [
      { runners: [...one, ...two.filter(({ name }) => !/completed|bucket|response/.test(name))] },
      /^runner 2 of 2 has started 1500 requests and told of the end of 0: a part of what it pushed is missing$/,
    ],
    [
      {
        runners: [...one, ...two.map((each) => ('last' in each ? { ...each, last: null } : each))],
      },
      /is no native histogram; k6 pushes one with K6_PROMETHEUS_RW_TREND_AS_NATIVE_HISTOGRAM=true/,
    ],
  ];
  for (const [stored, says] of cases) assert.match(await failure(stored), says);
});

test('of a TestRun that was applied again the last try counts, and it says so', async () => {
  const [one] = pushed(1);
  assert.ok(one !== undefined && 'value' in one);
  const gone = readings().map((series) => ({
    ...without(series, -1, 30),
    labels: { ...series.labels, instance: '10.0.0.9:9464' },
  }));
  const replicate = await measured({ again: [one], readings: [...gone, ...readings()] });
  assert.deepEqual(reasonsOf(replicate), []);
  assert.equal(
    replicate.notMeasured[0],
    'TestRun acceptbench-001 was applied more than once: this is the last time.',
  );
});

test('a server or a probe that is not the same throughout makes no valid replicate', async () => {
  const other = readings().map((series) => ({
    ...series,
    labels: { ...series.labels, instance: '10.0.0.2:9464' },
  }));
  assert.match(
    await failure({ readings: [...readings(), ...other] }),
    /^there are 2 of its server, at 10\.0\.0\.1:9464 and 10\.0\.0\.2:9464: its pod was replaced/,
  );
  const reset = (from: number) => (series: StoredSeries) => ({
    ...series,
    points: series.points.map(({ atMs, value }) => ({
      atMs,
      value: atMs < windowStartMs + 5000 ? value : value - from,
    })),
  });
  const server = await measured({ readings: changed('acceptbench_requests_started_total', reset(1500)) });
  assert.match(
    reasonsOf(server).join('\n'),
    /^restart: the server is the same process from start to end; got acceptbench_requests_started_total = /m,
  );
  const probe = await measured({ readings: changed('acceptbench_probe_samples_total', reset(1000)) });
  assert.match(reasonsOf(probe).join('\n'), /^restart: the probe is the same process/m);
});

test('readings that are missing are named, and what rests on them does not count', async () => {
  const cases: [StoredSeries[], RegExp][] = [
    [
      readings().map((series) => without(series, 3, 6)),
      /^samples: missing kernel samples < 5 %; got missing = \d, taken = \d+$/,
    ],
    [
      readings().map((series) => without(series, -10, 0)),
      /^samples: the server is read before the window; got its first reading 0\.5 s after its start$/,
    ],
    [
      readings().map((series) => without(series, 9, 30)),
      /^samples: the server is read after the window; got its last reading 1\.5 s before its end$/,
    ],
    [
      readings().map((series) => without(series, -4.5, 0)),
      /^samples: the server is read between warm-up and window, when it is idle; got 100 requests since the last reading/,
    ],
    [[], /^samples: the server is read before, in and after the window; got no reading at all$/],
    [
      changed('http_server_active_requests', (series) => ({
        ...series,
        points: series.points.map((point) => ({ ...point, value: 1 })),
      })),
      /^samples: a reading finds the server empty after the window; got none$/,
    ],
  ];
  for (const [stored, says] of cases) {
    const reasons = reasonsOf(await measured({ readings: stored }));
    assert.match(reasons.join('\n'), new RegExp(says.source, 'm'));
  }
});
