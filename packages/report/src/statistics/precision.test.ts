import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { mean, sampleVariance } from 'simple-statistics';
import { aCell, aMeasurement, aValid } from '../testing/builders.ts';
import { type Comparison, compareCells, type Metric, toSide } from './compareCells.ts';
import { afterStopping, type Pivot, toMeanPivot } from './pivot.ts';
import { halfWidthOf, type PrecisionGoal, toPrecisionMove } from './precision.ts';
import { seeded } from './testing/random.ts';

const [base, head] = [aCell({ runtime: 'node' }), aCell({ runtime: 'bun' })];
const completed: Metric = {
  name: 'completed requests',
  unit: 'req/s',
  pick: ({ rates }) => rates.completedPerSecond,
  better: 'more',
  words: { up: 'completed more', down: 'completed fewer' },
  isPercentile: false,
};

function compare(blocks: number, spread: number, figure = 250): Comparison {
  const random = seeded(blocks);
  const replicates = Array.from({ length: blocks }, (_, index) =>
    [base, head].map((cell) => {
      const completedPerSecond = figure * Math.exp(spread * random.normal());
      return aValid(cell, index + 1, aMeasurement(cell, undefined, { completed: completedPerSecond }));
    }),
  ).flat();
  const sides = [toSide(replicates, [base], 'node'), toSide(replicates, [head], 'bun')] as const;
  return compareCells(...sides, completed, { stopping: 'precision' });
}

describe('toPrecisionMove', () => {
  const goal: PrecisionGoal = { share: 0.03, budgetSeconds: 1200, spentSeconds: 300, blockSeconds: 60 };

  it('goes on until the widest interval is narrow enough', () => {
    assert.deepEqual(toPrecisionMove([compare(5, 0.001)], goal), { state: 'another-block', halfWidth: null });
    const wide = toPrecisionMove([compare(10, 0.001), compare(10, 0.06)], goal);
    assert.ok(wide.state === 'another-block' && wide.halfWidth !== null && wide.halfWidth > 0.03);
    const narrow = toPrecisionMove([compare(10, 0.001), compare(10, 0.01)], goal);
    assert.ok(narrow.state === 'precise' && narrow.halfWidth !== null && narrow.halfWidth <= 0.03);
  });

  it('does not begin a block that the budget has no time for, and says what is wide', () => {
    const spent = { ...goal, spentSeconds: 1141 };
    const move = toPrecisionMove([compare(10, 0.06), compare(10, 0.01)], spent);
    assert.ok(move.state === 'budget-spent');
    assert.deepEqual(move.wide, ['bun / node']);
    assert.equal(
      toPrecisionMove([compare(10, 0.06)], { ...spent, spentSeconds: 1140 }).state,
      'another-block',
    );
  });

  it('does not wait for what can have no ratio', () => {
    assert.equal(toPrecisionMove([compare(10, 0.01), compare(10, 0, 0)], goal).state, 'precise');
    assert.equal(toPrecisionMove([compare(10, 0, 0)], goal).state, 'another-block');
  });

  it('names what it can not take', () => {
    assert.throws(() => toPrecisionMove([], { ...goal, share: 0 }), /got a share of 0/);
    assert.throws(() => toPrecisionMove([], { ...goal, spentSeconds: Number.NaN }), /got NaN s/);
  });

  it('has a half width of which the interval is twice as wide', () => {
    const comparison = compare(10, 0.02);
    assert.ok(comparison.ratio.state === 'interval');
    const { estimate, low, high } = comparison.ratio;
    const share = 1 + (halfWidthOf(comparison) ?? 0);
    assert.ok(Math.abs(estimate * share - high) < 1e-9 && Math.abs(estimate / share - low) < 1e-9);
  });
});

const mostBlocks = 60;

describe('adding blocks until the interval is within ±3 %, at most 60', () => {
  type Rule = {
    /** False where it is plain without resampling that the rule is not met: to be quick. */
    readonly mayBeMet: (mean: number, standardError: number) => boolean;
    readonly isMet: (pivot: Pivot) => boolean;
  };

  /** Of equal pairs, the shares that are called different when blocks are added until the rule is met. */
  function calledDifferent(runs: number, spread: number, { mayBeMet, isMet }: Rule, seed: number) {
    const random = seeded(seed);
    let [plain, allowedFor] = [0, 0];
    for (let run = 0; run < runs; run += 1) {
      const logs: number[] = [];
      let pivot: Pivot | null = null;
      while (pivot === null) {
        logs.push(spread * (random.normal() - random.normal()));
        const isLast = logs.length === mostBlocks;
        if (logs.length < 6) continue;
        if (!isLast && !mayBeMet(mean(logs), Math.sqrt(sampleVariance(logs) / logs.length))) continue;
        const now = toMeanPivot(logs, { resamples: 999 });
        if (isLast || isMet(now)) pivot = now;
      }
      if (pivot.pAgainst(0) <= 0.05) plain += 1;
      if (afterStopping(pivot).pAgainst(0) <= 0.05) allowedFor += 1;
    }
    return { plain: plain / runs, allowedFor: allowedFor / runs };
  }

  const isNarrow = (allow: (pivot: Pivot) => Pivot, leastQuantile: number): Rule => ({
    mayBeMet: (_, standardError) => standardError * leastQuantile <= Math.log(1.03),
    isMet: (pivot) => {
      const { low, high } = allow(pivot).interval(0.95);
      return (high - low) / 2 <= Math.log(1.03);
    },
  });

  it('keeps 5 % with the allowance that afterStopping makes', () => {
    for (const [spread, seed] of [
      [0.02, 41],
      [0.035, 42],
      [0.055, 43],
    ] as const) {
      const { allowedFor } = calledDifferent(1000, spread, isNarrow(afterStopping, 2.2), seed);
      assert.ok(allowedFor <= 0.05, `spread ${spread}: ${allowedFor}`);
    }
  });

  it('does not keep it without: the plain interval is then too narrow', () => {
    const { plain } = calledDifferent(
      2000,
      0.04,
      isNarrow((pivot) => pivot, 1.9),
      44,
    );
    assert.ok(plain > 0.06, `${plain}`);
  });

  it('is far from it when it stops at the first difference that is significant', () => {
    const isSignificant: Rule = {
      mayBeMet: (center, standardError) => Math.abs(center) >= 1.9 * standardError,
      isMet: (pivot) => pivot.pAgainst(0) <= 0.05,
    };
    const { plain } = calledDifferent(500, 0.055, isSignificant, 45);
    assert.ok(plain > 0.2, `${plain}`);
  });
});
