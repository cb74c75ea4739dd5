import assert from 'node:assert/strict';
import { test } from 'node:test';
import { k6Arguments } from './arguments.ts';
import { remoteWrite } from './remoteWrite.ts';

test('k6 that is watched pushes to the URL, with its tags, as native histograms', () => {
  const { args, env } = k6Arguments({
    baseUrl: 'http://127.0.0.1:1',
    load: {
      kind: 'constant-arrival-rate',
      ratePerSecond: 1,
      warmupSeconds: 0,
      warmupRatePerSecond: 0,
      durationSeconds: 1,
    },
    policy: 'close',
    summaryPath: '/summary.json',
    // What the shell says of k6 is not heard, and least of all another receiver.
    environment: { K6_PROMETHEUS_RW_SERVER_URL: 'http://elsewhere', PATH: '/bin' },
    ...remoteWrite({ url: 'http://127.0.0.1:9090/api/v1/write', tags: { run: 'a=b', cell: 'c' } }),
  });
  const line = args.join(' ');
  assert.match(line, /--out experimental-prometheus-rw --features native-histograms --system-tags scenario /);
  assert.match(line, / --tag run=a=b --tag cell=c /);
  assert.match(line, / -e COUNT_STEADILY=1 /);
  assert.equal(env.K6_PROMETHEUS_RW_SERVER_URL, 'http://127.0.0.1:9090/api/v1/write');
  assert.equal(env.K6_PROMETHEUS_RW_STALE_MARKERS, 'true');
});
