import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { type ClosedLoopReport, toClosedLoad } from './closedLoop.ts';
import { oha } from './oha.ts';
import { wrk } from './wrk.ts';

/** What wrk 4.1.0 printed, with lines of failures put in. */
const wrkSaid = (failures = '') => `Running 1s test @ http://127.0.0.1:8098/
  1 threads and 4 connections
  Thread Stats   Avg      Stdev     Max   +/- Stdev
    Latency   187.56us  573.20us   8.45ms   94.94%
    Req/Sec    40.81k     5.26k   49.07k    72.73%
  Latency Distribution
     50%   66.00us
     75%   93.00us
     90%  211.00us
     99%    2.96ms
  44527 requests in 1.10s, 6.62MB read
${failures}Requests/sec:  40488.37
Transfer/sec:      6.02MB
`;

/** What oha 1.16.0 printed, less what is not read. */
const ohaSaid = (change: object = {}) =>
  JSON.stringify({
    summary: {
      successRate: 1,
      total: 1.003367093,
      slowest: 0.016212568,
      fastest: 0.00012149,
      average: 0.000423512,
    },
    metrics: { success_rate: 1 },
    responseTimeHistogram: { '0.00012149': 1 },
    latencyPercentiles: { p10: 0.000198123, p50: 0.000308857, p90: 0.000699967, p99: 0.002002315 },
    statusCodeDistribution: { '200': 8890 },
    errorDistribution: { 'aborted due to deadline': 4 },
    ...change,
  });

const near = (got: ClosedLoopReport, want: ClosedLoopReport) => {
  const rounded = (report: ClosedLoopReport) =>
    JSON.stringify(report, (_, value) => (typeof value === 'number' ? Math.round(value * 1e6) / 1e6 : value));
  assert.equal(rounded(got), rounded(want));
};

test('what wrk prints is read, in its units', () => {
  near(wrk.parse(wrkSaid()), {
    responses: 44_527,
    wrong: 0,
    errored: 0,
    seconds: 1.1,
    latency: { mean: 0.18756, min: null, p50: 0.066, p90: 0.211, p99: 2.96, max: 8.45 },
  });
  assert.equal(wrk.parse(wrkSaid().replace('in 1.10s', 'in 1.50m')).seconds, 90);
  const failed = wrk.parse(
    wrkSaid('  Socket errors: connect 1, read 20, write 300, timeout 4000\n  Non-2xx or 3xx responses: 12\n'),
  );
  assert.deepEqual([failed.errored, failed.wrong], [4321, 12]);
});

test('what oha prints is read: what it cut off at its end is no error', () => {
  near(oha.parse(ohaSaid()), {
    responses: 8890,
    wrong: 0,
    errored: 0,
    seconds: 1.003367,
    latency: { mean: 0.423512, min: 0.12149, p50: 0.308857, p90: 0.699967, p99: 2.002315, max: 16.212568 },
  });
  const failed = oha.parse(
    ohaSaid({
      statusCodeDistribution: { '200': 7, '503': 5 },
      errorDistribution: { 'aborted due to deadline': 2, 'Connection refused (os error 111)': 135 },
    }),
  );
  assert.deepEqual([failed.responses, failed.wrong, failed.errored], [12, 5, 135]);
});

test('anything else is refused in words', () => {
  for (const { name, parse } of [wrk, oha]) {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.json()), (text) => {
        assert.throws(() => parse(text), new RegExp(`^Error: can't read what ${name} printed: got "`));
      }),
    );
  }
  assert.throws(
    () => wrk.parse(wrkSaid().replace('99%', '98%')),
    /accepted is what wrk 4 prints with --latency/,
  );
});

test('a connection for each request where it is asked for', () => {
  const task = { url: 'http://127.0.0.1:1/data', connections: 2, seconds: 3, threads: 4, keepAlive: true };
  assert.ok(!wrk.arguments(task).includes('Connection: close'));
  assert.ok(wrk.arguments({ ...task, keepAlive: false }).includes('Connection: close'));
  assert.ok(oha.arguments({ ...task, keepAlive: false }).includes('--disable-keepalive'));
  // wrk refuses more threads than connections.
  assert.equal(wrk.arguments(task)[1], '2');
});

test('a report becomes a load: the window’s share of it, and null for what nobody told', () => {
  const load = toClosedLoad(wrk.parse(wrkSaid('  Non-2xx or 3xx responses: 527\n')), 7, 1);
  assert.deepEqual([load.started, load.completed, load.wrong], [44_527, 44_000, 527]);
  assert.equal(load.completedInWindow, 40_000);
  assert.deepEqual(
    [load.schedulingLag, load.connections, load.completedByThird, load.responseTime.min, load.histogram],
    [null, null, null, null, null],
  );
});
