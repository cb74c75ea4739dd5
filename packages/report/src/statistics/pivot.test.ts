import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { mean, sampleVariance } from 'simple-statistics';
import { afterStopping, type Pivot, toDifferencePivot, toMeanPivot } from './pivot.ts';
import { assertClose } from './testing/close.ts';
import vectors from './testing/vectors.json' with { type: 'json' };

/** The exact p-value by going through all (2n)ⁿ resamples. */
function exactP(values: readonly number[], against: number): number {
  const [n, center] = [values.length, mean([...values])];
  const mirrored = values.flatMap((value) => [value - center, center - value]);
  const t = Math.abs(center - against) / Math.sqrt(sampleVariance([...values]) / n);
  let atLeast = 0;
  const all = mirrored.length ** n;
  for (let code = 0; code < all; code += 1) {
    const drawn: number[] = [];
    for (let rest = code; drawn.length < n; rest = Math.floor(rest / mirrored.length)) {
      drawn.push(mirrored[rest % mirrored.length] ?? Number.NaN);
    }
    const error = Math.sqrt(sampleVariance(drawn) / n);
    if (error < 1e-15 || Math.abs(mean(drawn)) / error >= t - 1e-12) atLeast += 1;
  }
  return atLeast / all;
}

describe('toMeanPivot', () => {
  it("agrees with numpy's implementation of the same resampling, within what 20,000 resamples leave open", () => {
    for (const vector of vectors.pivots) {
      const pivot = toMeanPivot(vector.values, { resamples: 19_999 });
      const { low, high } = pivot.interval(0.95);
      assertClose(pivot.estimate, vector.estimate, 1e-14);
      assertClose(pivot.standardError, vector.standardError, 1e-14);
      const width = vector.high - vector.low;
      assertClose(low, vector.low, width * 0.02);
      assertClose(high, vector.high, width * 0.02);
      assertClose(pivot.pAgainst(0), vector.pAgainstZero, 0.015);
    }
  });

  it("comes to Student's t interval where the values are as a normal distribution has them", () => {
    const vector = vectors.pivots[2];
    assert.ok(vector !== undefined);
    const { low, high } = toMeanPivot(vector.values, { resamples: 99_999 }).interval(0.95);
    assertClose(low, vector.student[0], 0.0006);
    assertClose(high, vector.student[1], 0.0006);
  });

  it('agrees with going through every resample', () => {
    for (const values of [
      [0.01, 0.05, -0.02, 0.04],
      [0.02, 0.03, 0.01, 0.07, 0.06],
    ]) {
      const pivot = toMeanPivot(values, { resamples: 49_999 });
      for (const against of [0, 0.01, 0.05])
        assertClose(pivot.pAgainst(against), exactP(values, against), 0.008);
    }
  });

  const figure = fc.integer({ min: -3000, max: 3000 }).map((thousandths) => thousandths / 1000);
  const sample = fc.array(figure, { minLength: 6, maxLength: 20 });
  const options = { resamples: 999 };

  it('gives a p-value of at most 1 − confidence exactly to what the interval leaves out', () => {
    const confidences = fc.constantFrom(0.8, 0.9, 0.95, 0.99);
    fc.assert(
      fc.property(
        sample,
        confidences,
        fc.double({ min: -3, max: 3, noNaN: true }),
        (values, confidence, value) => {
          const pivot = toMeanPivot(values, options);
          for (const each of [pivot, afterStopping(pivot)]) {
            const { low, high } = each.interval(confidence);
            if (Math.min(Math.abs(value - low), Math.abs(value - high)) < 1e-9) return;
            assert.equal(each.pAgainst(value) > 1 - confidence + 1e-9, low < value && value < high);
          }
        },
      ),
    );
  });

  it('moves with the values, scales with them, and turns with their sign', () => {
    const close = (a: Pivot, b: Pivot, map: (value: number) => number) => {
      const [from, to] = [a.interval(0.95), b.interval(0.95)];
      const mapped = [map(from.low), map(from.high)].toSorted((x, y) => x - y);
      assertClose(to.low, mapped[0], 1e-6);
      assertClose(to.high, mapped[1], 1e-6);
    };
    fc.assert(
      fc.property(sample, fc.integer({ min: 1, max: 50 }), (values, by) => {
        const pivot = toMeanPivot(values, options);
        if (pivot.standardError < 1e-6) return;
        const of = (map: (value: number) => number) => toMeanPivot(values.map(map), options);
        close(
          pivot,
          of((value) => value + by),
          (value) => value + by,
        );
        close(
          pivot,
          of((value) => value * by),
          (value) => value * by,
        );
        close(
          pivot,
          of((value) => -value),
          (value) => -value,
        );
      }),
    );
  });

  it('is certain where the values have no spread', () => {
    const pivot = toMeanPivot(Array(8).fill(0.1), options);
    assert.deepEqual(pivot.interval(0.95), { low: pivot.estimate, high: pivot.estimate });
    assert.equal(pivot.pAgainst(0), 1 / 1000);
    assert.equal(pivot.pAgainst(pivot.estimate), 1);
    assert.equal(toMeanPivot(Array(8).fill(0), options).pAgainst(0), 1);
  });

  it('is the same again with the same seed, and not quite with another', () => {
    const values = vectors.pivots[1]?.values ?? [];
    const low = (seed: number) => toMeanPivot(values, { ...options, seed }).interval(0.95).low;
    assert.equal(low(1), low(1));
    assert.notEqual(low(1), low(2));
    assertClose(low(1), low(2), 0.01);
  });

  it('names what it can not take', () => {
    assert.throws(() => toMeanPivot([1], options), /got 1 values, accepted are 2 to/);
    assert.throws(() => toMeanPivot([1, Number.NaN], options), /got NaN, accepted are finite numbers/);
    assert.throws(() => toMeanPivot([1, 2], options).interval(95), /got a confidence of 95/);
  });
});

describe('toDifferencePivot', () => {
  it("comes to Welch's interval where both sides are as a normal distribution has them", () => {
    const normal = vectors.pivots[2]?.values ?? [];
    const wider = normal.map((value) => 3 * value);
    const pivot = toDifferencePivot(normal, wider, { resamples: 49_999 });
    const error = Math.sqrt((sampleVariance(normal) + sampleVariance(wider)) / 20);
    assertClose(pivot.estimate, 0.08, 1e-3);
    assertClose(pivot.standardError, error, 1e-12);
    // Welch's degrees of freedom are 22.9 here, and scipy.stats.t.ppf(0.975, 22.9) is 2.0693.
    const { low, high } = pivot.interval(0.95);
    assertClose((high - low) / 2 / error, 2.0693, 0.04);
  });
});
