import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type K6RunOptions, k6Arguments, scriptPath } from './arguments.ts';

const options: K6RunOptions = {
  baseUrl: 'http://127.0.0.1:8080',
  policy: 'keep-alive',
  load: {
    kind: 'constant-arrival-rate',
    ratePerSecond: 12.5,
    durationSeconds: 5,
    warmupSeconds: 0,
    warmupRatePerSecond: 0,
  },
  summaryPath: '/tmp/summary.json',
  environment: {},
};

test('options become variables of the script, and what is absent is left to its defaults', () => {
  const { args } = k6Arguments(options);
  assert.equal(args[0], 'run');
  assert.equal(args.at(-1), scriptPath);
  const variables = args.filter((_, index) => args[index - 1] === '-e');
  assert.deepEqual(variables, [
    'BASE_URL=http://127.0.0.1:8080',
    'RATE=12.5',
    'DURATION_SECONDS=5',
    'WARMUP_RATE=0',
    'WARMUP_SECONDS=0',
    'POLICY=keep-alive',
  ]);
  const more = k6Arguments({ ...options, expectedBody: '{"a":"= b"}', maxVus: 9, outputs: ['json=x'] }).args;
  assert.ok(more.includes('EXPECTED_BODY={"a":"= b"}'));
  assert.ok(more.includes('MAX_VUS=9'));
  assert.equal(more[more.indexOf('--out') + 1], 'json=x');
});

test('options and proxies of the surroundings do not reach k6', () => {
  const environment = {
    PATH: '/bin',
    K6_VUS: '1',
    K6_OUT: 'json',
    HTTP_PROXY: 'x',
    no_proxy: 'y',
    GONE: undefined,
  };
  const { env } = k6Arguments({
    ...options,
    environment,
    k6Environment: { K6_PROMETHEUS_RW_PUSH_INTERVAL: '1s' },
  });
  assert.deepEqual(env, {
    PATH: '/bin',
    K6_AUTO_EXTENSION_RESOLUTION: 'false',
    K6_PROMETHEUS_RW_PUSH_INTERVAL: '1s',
  });
});
