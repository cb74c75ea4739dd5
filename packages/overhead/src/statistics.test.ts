import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { median, quantile, summarise } from './statistics.ts';

const numbers = fc.array(fc.integer({ min: -1e6, max: 1e6 }), { minLength: 1 });

test('quantiles are those of R’s quantile(), type 7', () => {
  // R: quantile(c(2, 1, 4, 8), c(0, .25, .5, .9, 1)) gives 1, 1.75, 3, 6.8, 8.
  const sample = [2, 1, 4, 8];
  const expected: [number, number][] = [
    [0, 1],
    [0.25, 1.75],
    [0.5, 3],
    [0.9, 6.8],
    [1, 8],
  ];
  for (const [q, value] of expected) assert.ok(Math.abs(quantile(sample, q) - value) < 1e-12, `q = ${q}`);
});

test('half of a sample is at or below its median, half at or above, whatever its order', () => {
  fc.assert(
    fc.property(numbers, (values) => {
      const middle = median(values);
      assert.ok(values.filter((value) => value <= middle).length * 2 >= values.length);
      assert.ok(values.filter((value) => value >= middle).length * 2 >= values.length);
      assert.equal(median(values.toReversed()), middle);
    }),
  );
});

test('a summary is in order and has the extremes', () => {
  fc.assert(
    fc.property(numbers, (values) => {
      const { n, lowest, median: middle, p99, highest } = summarise(values);
      assert.equal(n, values.length);
      assert.equal(lowest, Math.min(...values));
      assert.equal(highest, Math.max(...values));
      assert.ok(lowest <= middle && middle <= p99 && p99 <= highest);
    }),
  );
});

test('what has no quantile is refused', () => {
  assert.throws(() => quantile([], 0.5), { name: 'RangeError', message: /got no values/ });
  assert.throws(() => quantile([1, Number.NaN], 0.5), { name: 'RangeError', message: /got NaN/ });
  assert.throws(() => quantile([1], 1.1), { name: 'RangeError', message: /got q = 1.1, accepted is 0 to 1/ });
});
