import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { summarise } from './statistics.ts';

test('a summary is in order and has the extremes', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: -1e6, max: 1e6 }), { minLength: 1 }), (values) => {
      const { n, lowest, median, p99, highest } = summarise(values);
      assert.equal(n, values.length);
      assert.equal(lowest, Math.min(...values));
      assert.equal(highest, Math.max(...values));
      assert.ok(lowest <= median && median <= p99 && p99 <= highest);
    }),
  );
});

test('what has no summary is refused', () => {
  assert.throws(() => summarise([]), { name: 'RangeError', message: /got no values/ });
  assert.throws(() => summarise([1, Number.NaN]), { name: 'RangeError', message: /got NaN/ });
});
