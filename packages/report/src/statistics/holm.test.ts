import assert from 'node:assert/strict';
import { it } from 'node:test';
import fc from 'fast-check';
import { holm } from './holm.ts';
import { assertClose } from './testing/close.ts';
import vectors from './testing/vectors.json' with { type: 'json' };

it('agrees with statsmodels', () => {
  const adjusted = holm(vectors.holm.values);
  for (const [index, p] of vectors.holm.expected.entries()) assertClose(adjusted[index], p, 1e-12);
});

const pValues = fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { maxLength: 30 });

it('never makes a p-value smaller, nor larger than Bonferroni would, and keeps their order', () => {
  fc.assert(
    fc.property(pValues, (all) => {
      const adjusted = holm(all);
      for (const [index, p] of all.entries()) {
        const after = adjusted[index] ?? Number.NaN;
        assert.ok(after >= p && after <= Math.min(1, p * all.length));
        for (const [other, q] of all.entries()) if (p <= q) assert.ok(after <= (adjusted[other] ?? 0));
      }
    }),
  );
});

it('rejects just what the sequential procedure of the paper does', () => {
  fc.assert(
    fc.property(pValues, (all) => {
      const ascending = all.toSorted((a, b) => a - b);
      const stop = ascending.findIndex((p, rank) => (all.length - rank) * p > 0.05);
      const rejected = stop < 0 ? all.length : stop;
      assert.equal(holm(all).filter((p) => p <= 0.05).length, rejected);
    }),
  );
});

it('names what is no p-value', () => {
  assert.throws(() => holm([0.2, 1.2]), /got a p-value of 1.2, accepted is 0 to 1/);
});
