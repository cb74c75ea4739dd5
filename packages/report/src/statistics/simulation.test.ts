import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { mean, sampleVariance } from 'simple-statistics';
import { toPairedRatio } from './ratio.ts';
import {
  isDifferent,
  oneMode,
  quick,
  shareDifferent,
  shareOf,
  simulatePairs,
  twoModes,
  verdictOf,
} from './testing/comparisons.ts';
import { type Random, seeded } from './testing/random.ts';
import { adjustPValues, judge, toPValues } from './verdict.ts';

const spreads = [
  ['2 %', oneMode(0.02)],
  ['5.5 %', oneMode(0.055)],
  ['8.5 % in two modes', twoModes(0.085)],
] as const;

/** Drift of a machine from block to block, in both sides. */
const blockSpread = 0.05;

/** 5 %, and two standard errors of counting: what a test that errs in exactly 5 % stays under but for one time in forty. */
const fivePercentOf = (comparisons: number) => 0.05 + 2 * Math.sqrt((0.05 * 0.95) / comparisons);

describe('equal cells', () => {
  it('are called different in 5 % or fewer of 1,000 comparisons over all spreads, at 20 blocks', () => {
    const random = seeded(51);
    const shares = spreads.map(([, spread]) =>
      shareDifferent(334, { blocks: 20, ratio: 1, spread, blockSpread }, random),
    );
    assert.ok(mean(shares) <= 0.05, `${shares}`);
  });

  for (const [index, [name, spread]] of spreads.entries()) {
    for (const blocks of [6, 20]) {
      it(`are called different in 5 % of 3,000 where processes spread by ${name}, at ${blocks} blocks`, () => {
        const share = shareDifferent(3000, { blocks, ratio: 1, spread, blockSpread }, seeded(52 + index));
        assert.ok(share <= fivePercentOf(3000), `${share}`);
      });
    }
  }

  it('are called different no more often where one process in forty is half as fast', () => {
    const odd = (random: Random) => 0.02 * random.normal() - (random.uniform() < 1 / 40 ? Math.LN2 : 0);
    const share = shareDifferent(3000, { blocks: 20, ratio: 1, spread: odd }, seeded(55));
    assert.ok(share <= fivePercentOf(3000), `${share}`);
  });

  it('have an interval that holds the true ratio in 94 % to 96 % of 4,000', () => {
    const random = seeded(56);
    const share = shareOf(4000, () => {
      const { summary } = toPairedRatio(
        simulatePairs({ blocks: 20, ratio: 1.3, spread: twoModes(0.085), blockSpread }, random),
        quick,
      );
      return summary.state === 'interval' && summary.low <= 1.3 && 1.3 <= summary.high;
    });
    assert.ok(share >= 0.94 && share <= 0.96, `${share}`);
  });

  it('are called different in 5 % of 1,000 families of eight that share one base, with Holm; without, in far more', () => {
    const random = seeded(57);
    let [withHolm, without] = [0, 0];
    for (let run = 0; run < 1000; run += 1) {
      const side = () => simulatePairs({ blocks: 20, ratio: 1, spread: oneMode(0.055) }, random);
      const base = side();
      const family = Array.from({ length: 8 }, () => {
        const pairs = side().map(({ block, head }, at) => ({ block, base: base[at]?.base ?? 1, head }));
        return toPValues(toPairedRatio(pairs, quick), 0.03);
      });
      const adjusted = adjustPValues(family);
      const differs = (own: (typeof family)[number], after = own) =>
        own !== null && after !== null && judge(own, after, 0.95) === 'differs';
      if (family.some((own, at) => differs(own, adjusted[at] ?? null))) withHolm += 1;
      if (family.some((own) => differs(own))) without += 1;
    }
    assert.ok(withHolm <= 50, `with Holm ${withHolm} of 1,000`);
    assert.ok(without > 150, `without ${without} of 1,000`);
  });
});

describe('cells that differ by 5 %, 1,000 comparisons of each', () => {
  const found = (blocks: number, spread: (random: Random) => number, processes: number, seed: number) =>
    [1.05, 0.95].map((ratio) =>
      shareDifferent(500, { blocks, ratio, spread, processes, blockSpread }, seeded(seed)),
    );
  const atLeast = (shares: readonly number[], least: number) =>
    assert.ok(mean([...shares]) >= least, `found ${shares.join(' and ')} of × 1.05 and × 0.95`);

  it('are all found at 20 blocks where processes spread by 2 %', () => {
    atLeast(found(20, oneMode(0.02), 1, 61), 0.99);
  });

  it('are found in 80 % and more at 20 blocks where processes spread by 5.5 %, with each cell under two names', () => {
    atLeast(found(20, oneMode(0.055), 2, 62), 0.9);
  });

  it('are found in about 77 % with one process a block: nothing finds 80 % of × 1.05 there, and 24 blocks do', () => {
    const shares = found(20, oneMode(0.055), 1, 63);
    assert.ok(mean(shares) > 0.7 && mean(shares) < 0.84, `${shares}`);
    atLeast(found(24, oneMode(0.055), 1, 64), 0.8);
  });

  it('are found in 80 % at 20 blocks where a quarter of the variance of 5.5 % is common to a block', () => {
    const shares = [1.05, 0.95].map((ratio) => {
      const [own, common] = [0.055 * Math.sqrt(0.75), 0.055 * Math.sqrt(0.25)];
      return shareDifferent(
        500,
        { blocks: 20, ratio, spread: oneMode(own), blockSpread: common },
        seeded(65),
      );
    });
    atLeast(shares, 0.8);
  });

  it('take 55 blocks to be found in 80 % where processes spread by 8.5 % in two modes, or 28 with each cell under two names', () => {
    atLeast(found(20, twoModes(0.085), 1, 66), 0.3);
    assert.ok(mean(found(40, twoModes(0.085), 1, 67)) < 0.8);
    atLeast(found(55, twoModes(0.085), 1, 68), 0.8);
    atLeast(found(28, twoModes(0.085), 2, 69), 0.8);
  });

  it('are seldom called equivalent when they differ by the margin, and mostly when they are equal, at a spread of 2 %', () => {
    const random = seeded(70);
    const equivalent = (ratio: number) =>
      shareOf(1000, () => {
        const pairs = simulatePairs({ blocks: 20, ratio, spread: oneMode(0.02) }, random);
        return verdictOf(pairs, quick) === 'equivalent';
      });
    const [wrong, right] = [equivalent(1.03), equivalent(1)];
    assert.ok(wrong <= 0.035, `${wrong}`);
    assert.ok(right >= 0.95, `${right}`);
  });
});

describe('methods that are broken fail the same tests', () => {
  const margin = Math.log(1.03);
  const random = seeded(71);

  it('best of three: equal cells are called different in far more than 5 %', () => {
    const best = () => Math.max(...[1, 2, 3].map(() => 0.055 * random.normal()));
    const share = shareOf(1000, () => Math.abs(best() - best()) > margin);
    assert.ok(share > 0.3, `${share}`);
  });

  it('requests pooled as if independent: more than half of equal cells are called different', () => {
    // 20 processes a side and 2,500 requests each, of which each has a response time that varies by 50 %.
    const [processes, requests] = [20, 2500];
    const side = () =>
      Array.from(
        { length: processes },
        () => 0.055 * random.normal() + (0.5 / Math.sqrt(requests)) * random.normal(),
      );
    const share = shareOf(1000, () => {
      const z = (mean(side()) - mean(side())) / (0.5 * Math.sqrt(2 / (processes * requests)));
      return Math.abs(z) > 1.96;
    });
    assert.ok(share > 0.5, `${share}`);
  });

  it('the best block of each, and the plain percentile bootstrap of six blocks, call too many different', () => {
    const bestBlock = shareOf(1000, () => {
      const pairs = simulatePairs({ blocks: 20, ratio: 1, spread: oneMode(0.055) }, random);
      const [base, head] = [pairs.map((pair) => pair.base), pairs.map((pair) => pair.head)];
      return Math.abs(Math.log(Math.max(...head) / Math.max(...base))) > margin;
    });
    assert.ok(bestBlock > 0.2, `${bestBlock}`);
    const percentile = shareOf(1000, () => {
      const pairs = simulatePairs({ blocks: 6, ratio: 1, spread: oneMode(0.055) }, random);
      const logs = pairs.map(({ base, head }) => Math.log(head / base));
      const draw = () => mean(logs.map(() => logs[Math.floor(random.uniform() * logs.length)] ?? 0));
      const above = shareOf(200, () => draw() > 0);
      return above < 0.025 || above > 0.975;
    });
    assert.ok(percentile > 0.08, `${percentile}`);
  });

  /** Student's t of two samples taken as unpaired, 38 degrees of freedom. */
  const isUnpairedDifferent = (base: readonly number[], head: readonly number[]) => {
    const [from, to] = [base.map(Math.log), head.map(Math.log)];
    const error = Math.sqrt(sampleVariance(from) / from.length + sampleVariance(to) / to.length);
    return Math.abs(mean(to) - mean(from)) / error > 2.024;
  };

  it('unpaired, one cell after the other: the drift of the machine is called a difference', () => {
    const share = shareOf(1000, () => {
      let drift = 0;
      const run = () =>
        Array.from({ length: 20 }, () => {
          drift = 0.9 * drift + 0.02 * random.normal();
          return 250 * Math.exp(drift + 0.02 * random.normal());
        });
      return isUnpairedDifferent(run(), run());
    });
    assert.ok(share > 0.3, `${share}`);
  });

  it('unpaired, with blocks: what blocks have in common hides a true 5 %, which pairing finds', () => {
    const design = { blocks: 20, ratio: 1.05, spread: oneMode(0.02), blockSpread: 0.1 };
    let [paired, unpaired] = [0, 0];
    for (let run = 0; run < 500; run += 1) {
      const pairs = simulatePairs(design, random);
      if (isDifferent(verdictOf(pairs, quick))) paired += 1;
      const sides = [pairs.map(({ base }) => base), pairs.map(({ head }) => head)] as const;
      if (isUnpairedDifferent(...sides)) unpaired += 1;
    }
    assert.ok(paired >= 490, `paired ${paired} of 500`);
    assert.ok(unpaired < 250, `unpaired ${unpaired} of 500`);
  });
});
