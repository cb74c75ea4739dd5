import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseOptions } from './options.ts';

test('every option has a default', () => {
  assert.deepEqual(parseOptions({}), {
    baseUrl: 'http://127.0.0.1:8080',
    route: '/data',
    ratePerSecond: 300,
    durationSeconds: 5,
    warmupRatePerSecond: 150,
    warmupSeconds: 1,
    gapSeconds: 1,
    policy: 'close',
    maxVus: 1500,
    runners: 1,
    timeoutSeconds: 60,
    sheds: false,
    countsSteadily: false,
  });
});

test('a value set to nothing is the default, and a slash after the port is dropped', () => {
  const options = parseOptions({ RATE: '', EXPECTED_BODY: '', BASE_URL: 'http://[::1]:80/' });
  assert.equal(options.ratePerSecond, 300);
  assert.equal('expectedBody' in options, false);
  assert.equal(options.baseUrl, 'http://[::1]:80');
});

test('virtual users follow rate and duration, with fewer for keep-alive', () => {
  assert.equal(parseOptions({ RATE: '10', DURATION_SECONDS: '3' }).maxVus, 30);
  assert.equal(parseOptions({ RATE: '1', DURATION_SECONDS: '3' }).maxVus, 20);
  assert.equal(parseOptions({ POLICY: 'keep-alive' }).maxVus, 256);
  assert.equal(parseOptions({ POLICY: 'keep-alive', MAX_VUS: '900' }).maxVus, 900);
});

test('a warm-up rate of zero means no warm-up', () => {
  assert.equal(parseOptions({ WARMUP_RATE: '0', WARMUP_SECONDS: '3' }).warmupSeconds, 0);
});

test('a bad value is one line with the variable, what it takes, what it got and what to do', () => {
  const bad: readonly (readonly [Record<string, string>, string])[] = [
    [{ RATE: '0' }, 'RATE must be a number above 0 to 100000, got "0". Set it with -e RATE=<value>.'],
    [{ RATE: '3e2' }, 'RATE must be a number above 0 to 100000, got "3e2". Set it with -e RATE=<value>.'],
    [{ RATE: '-1' }, 'RATE must be a number above 0 to 100000, got "-1". Set it with -e RATE=<value>.'],
    [
      { MAX_VUS: '1.5' },
      'MAX_VUS must be a whole number from 1 to 100000, got "1.5". Set it with -e MAX_VUS=<value>.',
    ],
    [
      { GAP_SECONDS: '0.2' },
      'GAP_SECONDS must be a number from 0.5 to 3600, got "0.2". Set it with -e GAP_SECONDS=<value>.',
    ],
    [
      { WARMUP_SECONDS: '0.5' },
      'WARMUP_SECONDS must be 0, or a number from 1 to 86400, got "0.5". Set it with -e WARMUP_SECONDS=<value>.',
    ],
    [
      { POLICY: 'burst' },
      'POLICY must be "close" or "keep-alive", got "burst". Set it with -e POLICY=<value>.',
    ],
    [
      { ROUTE: 'data' },
      'ROUTE must be a path that starts with a slash, got "data". Set it with -e ROUTE=<value>.',
    ],
    [
      { BASE_URL: 'localhost:8080' },
      'BASE_URL must be http:// or https://, a host and a port, with no path, got "localhost:8080". Set it with -e BASE_URL=<value>.',
    ],
    [
      { RATE: '0.1', DURATION_SECONDS: '1' },
      'RATE × DURATION_SECONDS must give at least one arrival, got 0.1 × 1. Raise one of them.',
    ],
  ];
  for (const [variables, message] of bad) {
    assert.throws(() => parseOptions(variables), { name: 'RangeError', message });
  }
});
