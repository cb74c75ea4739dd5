import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { measuredWindow, scenariosFor, spareVus } from './arrivals.ts';
import { parseOptions } from './options.ts';

test('the window begins a whole number of periods after the scenario, at least the lead', () => {
  const window = measuredWindow(parseOptions({ RATE: '300', DURATION_SECONDS: '5' }));
  assert.deepEqual(window, {
    periodMs: 3.333333,
    firstIndex: 151,
    arrivals: 1500,
    offsetMs: 151 * 3.333333,
    durationMs: 5000,
    scenarioMs: 5754,
  });
});

test('warm-up, gap and window follow each other, and the warm-up is over when measure begins', () => {
  const { warmup, measure } = scenariosFor(
    parseOptions({ RATE: '12.5', WARMUP_SECONDS: '2', GAP_SECONDS: '1.5' }),
  );
  assert.deepEqual(
    [warmup?.startTime, warmup?.duration, warmup?.gracefulStop, warmup?.timeUnit, measure?.startTime],
    ['0ms', '2000ms', '1000ms', '160000000ns', '3000ms'].map((text) => (text === '0ms' ? '0s' : text)),
  );
  assert.deepEqual([measure?.timeUnit, measure?.gracefulStop], ['80000000ns', '65000ms']);
});

test('without a warm-up the scenario starts at once', () => {
  const scenarios = scenariosFor(parseOptions({ WARMUP_SECONDS: '0' }));
  assert.deepEqual(Object.keys(scenarios), ['measure']);
  assert.equal(scenarios.measure?.startTime, '0ms');
});

test('for any rate and duration the scenario has room for every measured arrival', () => {
  const options = fc
    .record({ rate: fc.integer({ min: 1, max: 1_000_000 }), seconds: fc.integer({ min: 1, max: 600 }) })
    .filter(({ rate, seconds }) => rate * seconds >= 100)
    .map(({ rate, seconds }) =>
      parseOptions({ RATE: String(rate / 100), DURATION_SECONDS: String(seconds) }),
    );
  fc.assert(
    fc.property(options, (parsed) => {
      const window = measuredWindow(parsed);
      const lastIndex = window.firstIndex + window.arrivals - 1;
      assert.ok(window.offsetMs >= 500);
      assert.ok(lastIndex * window.periodMs < window.scenarioMs);
      // Half a nanosecond a period, at most.
      const rate = 1000 / window.periodMs;
      assert.ok(Math.abs(rate / parsed.ratePerSecond - 1) <= parsed.ratePerSecond * 0.51e-9);
      assert.ok(spareVus(parsed) >= 10);
    }),
  );
});
