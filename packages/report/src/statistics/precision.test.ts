import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { aCell, aMeasurement, aValid } from '../testing/builders.ts';
import { type Comparison, compareCells, type Metric, toSide } from './compareCells.ts';
import { halfWidthOf, type PrecisionGoal, toPrecisionMove } from './precision.ts';
import { seeded } from './testing/random.ts';
import { calledDifferent, narrow, narrowWithAllowance, significant } from './testing/stopping.ts';

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

describe('adding blocks until the interval is within ±3 %, at most 60', () => {
  it('keeps 5 % with the allowance that afterStopping makes', () => {
    for (const [spread, seed] of [
      [0.02, 41],
      [0.035, 42],
      [0.055, 43],
    ] as const) {
      const { allowedFor } = calledDifferent(1000, spread, narrowWithAllowance, seeded(seed));
      assert.ok(allowedFor <= 0.05, `spread ${spread}: ${allowedFor}`);
    }
  });

  it('does not keep it without: the plain interval is then too narrow', () => {
    const { plain } = calledDifferent(2000, 0.04, narrow, seeded(44));
    assert.ok(plain > 0.06, `${plain}`);
  });

  it('is far from it when it stops at the first difference that is significant', () => {
    const { plain } = calledDifferent(500, 0.055, significant, seeded(45));
    assert.ok(plain > 0.2, `${plain}`);
  });
});
