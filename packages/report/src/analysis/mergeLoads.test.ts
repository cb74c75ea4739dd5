import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { TracedLoad } from '@acceptbench/results/load';
import fc from 'fast-check';
import { aLoad, windowStartMs } from '../testing/builders.ts';
import { mergeHistograms, mergeLoads, quantileOf } from './mergeLoads.ts';

const upperBoundsMs = Array.from({ length: 145 }, (_, index) => 0.25 * 2 ** (index / 8));

function histogramOf(values: readonly number[]) {
  const counts = Array.from({ length: upperBoundsMs.length + 1 }, () => 0);
  for (const value of values) {
    const found = upperBoundsMs.findIndex((bound) => value <= bound);
    const bucket = found === -1 ? upperBoundsMs.length : found;
    counts[bucket] = (counts[bucket] ?? 0) + 1;
  }
  return { upperBoundsMs, counts };
}

/** The nearest-rank quantile of the values themselves: the second implementation. */
const exact = (values: readonly number[], p: number) =>
  values.toSorted((a, b) => a - b)[Math.max(0, Math.ceil(p * values.length) - 1)] ?? 0;

/** What a runner saw of these response times, all started at its window's start. */
function loadOf(values: readonly number[], startedMs = windowStartMs): TracedLoad {
  const n = values.length;
  const mean = values.reduce((sum, value) => sum + value, 0) / n;
  return {
    ...aLoad(),
    windowStartMs: startedMs,
    started: n,
    completed: n,
    completedInWindow: n,
    completedByThird: [n, 0, 0],
    connections: n,
    endedAtMs: mean * n,
    schedulingLag: { n, mean: 1, min: 0, p50: 1, p90: 1, p99: startedMs - windowStartMs + 1, max: 9 },
    responseTime: {
      n,
      mean,
      min: Math.min(...values),
      p50: exact(values, 0.5),
      p90: exact(values, 0.9),
      p99: exact(values, 0.99),
      max: Math.max(...values),
    },
    histogram: histogramOf(values),
  } as TracedLoad;
}

const times = fc.array(fc.double({ min: 0.3, max: 60_000, noNaN: true }), { minLength: 1, maxLength: 400 });

test('runners merged are what one would have seen: sums exactly, percentiles within a bucket', () => {
  fc.assert(
    fc.property(times, times, times, (a, b, c) => {
      const merged = mergeLoads([loadOf(a), loadOf(b), loadOf(c)]);
      const all = [...a, ...b, ...c];
      const one = loadOf(all);
      assert.deepEqual(merged.histogram, one.histogram);
      assert.deepEqual(
        [merged.started, merged.completed, merged.completedByThird, merged.connections],
        [one.started, one.completed, one.completedByThird, one.connections],
      );
      assert.ok(Math.abs(merged.responseTime.mean / one.responseTime.mean - 1) < 1e-9);
      assert.deepEqual(
        [merged.responseTime.min, merged.responseTime.max],
        [one.responseTime.min, one.responseTime.max],
      );
      for (const [got, p] of [
        [merged.responseTime.p50, 0.5],
        [merged.responseTime.p90, 0.9],
        [merged.responseTime.p99, 0.99],
      ] as const) {
        const ratio = got / exact(all, p);
        assert.ok(ratio > 2 ** (-1 / 8) - 1e-9 && ratio < 2 ** (1 / 8) + 1e-9, `${p}: ${ratio}`);
      }
    }),
  );
});

test('averaging percentiles would have been wrong: a slow runner among three fast ones', () => {
  const fast = Array.from({ length: 300 }, () => 5);
  const slow = Array.from({ length: 300 }, (_, index) => (index < 290 ? 5 : 2000));
  const merged = mergeLoads([loadOf(fast), loadOf(fast), loadOf(slow)]);
  const averaged = (5 + 5 + exact(slow, 0.99)) / 3;
  assert.ok(merged.responseTime.p99 > 1800 && averaged < 700);
});

test('a runner that started later counts from its own start', () => {
  const merged = mergeLoads([loadOf([10]), loadOf([10, 20], windowStartMs + 100)]);
  assert.equal(merged.windowStartMs, windowStartMs);
  assert.equal(merged.endedAtMs, 10 + 10 + 20 + 200);
});

test('the scheduling lag is that of the worst runner', () => {
  assert.equal(mergeLoads([loadOf([1]), loadOf([1], windowStartMs + 40)]).schedulingLag.p99, 41);
});

test('what can’t be merged is refused in words', () => {
  assert.throws(() => mergeLoads([]), /there is none/);
  assert.throws(
    () => mergeLoads([loadOf([1]), loadOf([1], windowStartMs + 9000)]),
    /started 9000 ms apart, 1000 ms/,
  );
  assert.throws(
    () => mergeLoads([loadOf([1]), { ...loadOf([1]), histogram: null }]),
    /one of them is missing/,
  );
  assert.throws(
    () =>
      mergeHistograms([
        histogramOf([1]),
        { upperBoundsMs: upperBoundsMs.map((bound) => bound * 2), counts: [] },
      ]),
    /their bounds differ/,
  );
});

test('the outermost buckets are open', () => {
  assert.equal(quantileOf(histogramOf([0.01]), 0.5), 0.25);
  assert.equal(quantileOf(histogramOf([1e6]), 0.5), 65_536);
  assert.equal(quantileOf(histogramOf([]), 0.5), 0);
});
