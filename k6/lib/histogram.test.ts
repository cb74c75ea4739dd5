import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { bucketName, bucketOf, upperBoundsMs } from './histogram.ts';

test('a value is in the first bucket whose bound it does not exceed', () => {
  const bySearch = (value: number) => {
    const found = upperBoundsMs.findIndex((bound) => value <= bound);
    return found === -1 ? upperBoundsMs.length : found;
  };
  fc.assert(
    fc.property(fc.double({ min: 0, max: 1e6, noNaN: true }), (value) => {
      assert.equal(bucketOf(value), bySearch(value));
    }),
  );
  for (const bound of upperBoundsMs) {
    assert.equal(bucketOf(bound), bySearch(bound));
    assert.equal(bucketOf(bound * (1 + 1e-12)), bySearch(bound * (1 + 1e-12)));
  }
});

test('the grid goes from 0.25 ms to 65.5 s in steps of 9 %, and every bucket has a name', () => {
  assert.deepEqual([upperBoundsMs[0], upperBoundsMs.at(-1)], [0.25, 65_536]);
  assert.equal(new Set(Array.from({ length: upperBoundsMs.length + 1 }, (_, i) => bucketName(i))).size, 146);
});
