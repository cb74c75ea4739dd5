import assert from 'node:assert/strict';
import { it } from 'node:test';
import { hodgesLehmann, median, quantile } from './location.ts';
import { assertClose } from './testing/close.ts';
import vectors from './testing/vectors.json' with { type: 'json' };

it('agrees with numpy.quantile', () => {
  const { values, at, expected } = vectors.quantiles;
  for (const [index, q] of at.entries()) assertClose(quantile(values, q), expected[index], 1e-15);
});

it('agrees with the Hodges-Lehmann estimate made by numpy', () => {
  assertClose(hodgesLehmann(vectors.hodgesLehmann.values), vectors.hodgesLehmann.expected, 1e-15);
});

it('hardly follows one wild value, as a mean would', () => {
  assert.equal(hodgesLehmann([1, 2, 3, 4, 1e9]), 3);
  assert.equal(median([1, 2, 3, 4, 1e9]), 3);
});

it('names what it can not take', () => {
  assert.throws(() => quantile([], 0.5), /got no values/);
  assert.throws(() => quantile([1, Number.NaN], 0.5), /got NaN/);
  assert.throws(() => quantile([1], 1.5), /got q = 1.5/);
});
