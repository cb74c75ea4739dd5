import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { toLoadResult } from './summary.ts';

type Metrics = Record<string, Record<string, unknown>>;

/** k6 2.2.0: 300/s for 3 s with MAX_VUS=100 against a server of 4 ms a request, which failed 1 in 50 and lied 1 in 40. */
function recorded(): { metrics: Metrics } {
  return JSON.parse(readFileSync(new URL('testdata/summary.json', import.meta.url), 'utf8'));
}

/** The recorded summary with one metric replaced, or left out. */
function summaryWith(name: string, values: Record<string, unknown> | undefined): { metrics: Metrics } {
  const { metrics } = recorded();
  delete metrics[name];
  return { metrics: values === undefined ? metrics : { ...metrics, [name]: values } };
}

test('a recorded summary is read in full', () => {
  assert.deepEqual(toLoadResult(recorded()), {
    windowStartMs: 1795439589162.3333,
    started: 796,
    dropped: 104,
    completed: 765,
    completedInWindow: 671,
    completedByThird: [216, 218, 237],
    shed: 0,
    shedMs: 0,
    errored: 15,
    wrong: 16,
    connections: 796,
    // Recorded before the script kept these sums: k6 leaves out what was never added to.
    openingMs: 0,
    resendingMs: 0,
    resent: 0,
    endedAtMs: 0,
    schedulingLag: {
      n: 796,
      mean: 1.1347271180904641,
      min: 0.05597099999988586,
      p50: 0.7624650000000202,
      p90: 2.234447000000003,
      p99: 8.568017800000012,
      max: 11.950130999999999,
    },
    responseTime: {
      n: 765,
      mean: 314.185056188235,
      min: 4.813175000000041,
      p50: 398.5924640000001,
      p90: 430.75949260000004,
      p99: 443.52376636000014,
      max: 446.365688,
    },
    // Likewise before it counted by size.
    histogram: null,
    burst: null,
    silent: null,
  });
});

test('an arrival that k6 itself dropped in the measured scenario counts as well', () => {
  assert.equal(toLoadResult(summaryWith('dropped_iterations{scenario:measure}', { count: 7 })).dropped, 111);
  assert.equal(toLoadResult(summaryWith('dropped_iterations', { count: 7 })).dropped, 104);
});

test('a metric that was never recorded counted nothing', () => {
  const { metrics } = recorded();
  const { window_start = {}, scheduling_lag = {} } = metrics;
  const result = toLoadResult({ metrics: { window_start, scheduling_lag } });
  assert.deepEqual([result.started, result.completed, result.errored, result.wrong], [796, 0, 0, 0]);
  assert.deepEqual(result.completedByThird, [0, 0, 0]);
  assert.deepEqual(result.responseTime, { n: 0, mean: 0, min: 0, p50: 0, p90: 0, p99: 0, max: 0 });
});

test('what is not a summary of the script is refused, with what is wrong with it', () => {
  const lag = recorded().metrics.scheduling_lag;
  const wrong: readonly (readonly [unknown, RegExp])[] = [
    [undefined, /it is nothing, not an object/],
    [[], /it is \[\], not an object/],
    [{ metrics: [] }, /"metrics" is \[\], not an object/],
    [{ metrics: {} }, /"window_start" is missing, so no measured request was started/],
    [summaryWith('window_start', {}), /"max" of the metric "window_start" is nothing, not a number/],
    [
      summaryWith('scheduling_lag', { ...lag, 'p(99)': null }),
      /"p\(99\)" of the metric "scheduling_lag" is null/,
    ],
    [summaryWith('errored', { count: '3' }), /"count" of the metric "errored" is "3", not a number/],
    [summaryWith('wrong', { count: 1.5 }), /"count" of the metric "wrong" is 1\.5, not a whole number/],
    [summaryWith('completed', { count: 764 }), /completed and response_time disagree: 764 and 765/],
    [
      summaryWith('completed_last_third', undefined),
      /completed_in_window and its thirds disagree: 671 and 434/,
    ],
  ];
  for (const [summary, message] of wrong) {
    assert.throws(() => toLoadResult(summary), { name: 'TypeError', message });
  }
});
