import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Replicate } from '@acceptbench/results/replicate';
import fc from 'fast-check';
import { aCell, aFailed, aMeasurement, anInvalid, aValid } from '../testing/builders.ts';
import { type Comparison, compareCells, type Metric, toFamily, toSide } from './compareCells.ts';
import { verdictInWords } from './words.ts';

const node = aCell({ runtime: 'node' });
const bun = aCell({ runtime: 'bun' });

const completed: Metric = {
  name: 'completed requests',
  unit: 'req/s',
  pick: ({ rates }) => rates.completedPerSecond,
  better: 'more',
  words: { up: 'completed more requests', down: 'completed fewer requests' },
  isPercentile: false,
};
const p99: Metric = {
  name: 'p99 response time',
  unit: 'ms',
  pick: ({ responseTimeMs }) => responseTimeMs.p99,
  better: 'less',
  words: { up: 'answered later (p99)', down: 'answered sooner (p99)' },
  isPercentile: true,
};

/** Differences of a block, in percent, that come to about 0. */
const wobble = [1.2, -0.7, 0.3, -1.5, 0.9, -0.2, 0.4, -0.4];
const spread = (n: number, percent: number) =>
  Array.from({ length: n }, (_, index) => (wobble[index % wobble.length] ?? 0) * percent);

function replicatesOf(cell: typeof node, figures: readonly number[], firstBlock = 1): Replicate[] {
  return figures.map((figure, index) =>
    aValid(cell, firstBlock + index, aMeasurement(cell, undefined, { completed: figure })),
  );
}

/** Node completes 250 a second, Bun `ratio` times as many, give or take `percent` % in each block. */
function both(ratio: number, n: number, percent = 1): Replicate[] {
  const drift = (block: number) => 250 * (1 + 0.2 * Math.sin(block));
  return [
    ...replicatesOf(
      node,
      spread(n, percent).map((_, block) => drift(block)),
    ),
    ...replicatesOf(
      bun,
      spread(n, percent).map((off, block) => drift(block) * ratio * (1 + off / 100)),
    ),
  ];
}

const compare = (replicates: Replicate[], metric = completed, options = {}) =>
  compareCells(toSide(replicates, [node], 'node'), toSide(replicates, [bun], 'bun'), metric, options);

describe('compareCells', () => {
  it('pairs by block, so that what the machine did in a block is not in the ratio', () => {
    const comparison = compare(both(1.1, 8));
    assert.equal(comparison.verdict.state, 'faster');
    assert.ok(comparison.ratio.state === 'interval');
    assert.ok(Math.abs(comparison.ratio.estimate - 1.1) < 0.001);
    assert.ok(comparison.ratio.low > 1.08 && comparison.ratio.high < 1.12);
    assert.match(
      verdictInWords(comparison),
      /^faster: bun completed more requests than node, 1\.10 × \(1\.09 to 1\.11, 95 %, n = 8\)$/,
    );
  });

  it('takes less as better where it is', () => {
    const slower = both(1.1, 8).map((replicate) =>
      replicate.outcome === 'valid'
        ? {
            ...replicate,
            responseTimeMs: { ...replicate.responseTimeMs, p99: replicate.rates.completedPerSecond },
          }
        : replicate,
    );
    const comparison = compare(slower, p99);
    assert.equal(comparison.verdict.state, 'slower');
    assert.match(verdictInWords(comparison), /^slower: bun answered later \(p99\) than node/);
  });

  it('calls a difference that is certain and within the margin equivalent', () => {
    const comparison = compare(both(1.01, 20, 0.2));
    assert.ok(comparison.pValues !== null && comparison.pValues.different < 0.01);
    assert.deepEqual(comparison.verdict, { state: 'equivalent' });
    assert.equal(compare(both(1.01, 20, 0.2), completed, { margin: 0.005 }).verdict.state, 'faster');
  });

  it('says beyond the margin only when the whole interval is', () => {
    const beyond = (ratio: number) => {
      const { verdict } = compare(both(ratio, 8));
      return verdict.state === 'faster' && verdict.isBeyondMargin;
    };
    assert.equal(beyond(1.1), true);
    assert.equal(beyond(1.035), false);
  });

  it('gives the range and no verdict under six blocks', () => {
    const comparison = compare(both(2, 5));
    assert.equal(comparison.ratio.state, 'range');
    assert.match(
      verdictInWords(comparison),
      /^inconclusive: needs 6 blocks, has 5: 2\.01 × \(range 1\.97 to 2\.02, n = 5\)$/,
    );
    assert.equal(compare(both(2, 6)).verdict.state, 'faster');
    assert.match(verdictInWords(compare([])), /^inconclusive: needs 6 blocks, has none$/);
  });

  it('leaves out, and counts, blocks that one side lacks', () => {
    const replicates = both(1.1, 8);
    const [first] = replicates;
    assert.ok(first?.outcome === 'valid');
    replicates[0] = anInvalid(node, 1, [{ gate: 'steal', reason: 'a reason' }], aMeasurement(node));
    replicates[1] = aFailed(node, 2, 'it did not start');
    const comparison = compare(replicates);
    assert.deepEqual(comparison.unpaired, { base: 0, head: 2 });
    assert.ok(comparison.ratio.state === 'interval' && comparison.ratio.n === 6);
  });

  it('takes a cell under two names as two replicates of one, in one block', () => {
    const twin = { ...bun, id: `${bun.id}@b` };
    const replicates = [
      ...both(1.1, 8),
      ...replicatesOf(
        twin,
        spread(8, 0).map(() => 0.001 + 250),
      ),
    ];
    const side = toSide(replicates, [bun, twin], 'bun');
    const comparison = compareCells(toSide(replicates, [node], 'node'), side, completed);
    assert.equal(comparison.headFigure?.n, 16);
    assert.ok(comparison.ratio.state === 'interval' && comparison.ratio.n === 8);
  });

  it('has no ratio where a figure is zero, and says so', () => {
    const comparison = compare([
      ...replicatesOf(node, Array(8).fill(0)),
      ...replicatesOf(bun, Array(8).fill(3)),
    ]);
    assert.equal(
      verdictInWords(comparison),
      'inconclusive: in a block completed requests is not above 0, so there is no ratio',
    );
  });

  it('calls cells that complete exactly what is offered equivalent', () => {
    const same = [...replicatesOf(node, Array(6).fill(175)), ...replicatesOf(bun, Array(6).fill(175))];
    assert.deepEqual(compare(same).verdict, { state: 'equivalent' });
  });

  it('compares the cells of two runs without pairing their blocks', () => {
    const base = toSide(
      replicatesOf(
        node,
        spread(10, 1).map((off) => 250 + off),
      ),
      [node],
    );
    const head = toSide(
      replicatesOf(
        node,
        spread(8, 1).map((off) => 275 + off),
        3,
      ),
      [node],
    );
    const comparison = compareCells(base, head, completed, { pairing: 'none' });
    assert.equal(comparison.verdict.state, 'faster');
    assert.ok(comparison.ratio.state === 'interval' && comparison.ratio.n === 8);
    assert.deepEqual(comparison.unpaired, { base: 0, head: 0 });
  });

  it('gives the inverse when the sides are exchanged, and the same again with the same seed', () => {
    const replicates = both(1.04, 8, 3);
    const [there, again] = [compare(replicates), compare(replicates)];
    const back = compareCells(
      toSide(replicates, [bun], 'bun'),
      toSide(replicates, [node], 'node'),
      completed,
    );
    assert.deepEqual(there.ratio, again.ratio);
    assert.ok(there.ratio.state === 'interval' && back.ratio.state === 'interval');
    assert.ok(Math.abs(there.ratio.low * back.ratio.high - 1) < 1e-12);
    assert.deepEqual(there.pValues, back.pValues);
  });

  it('has a p-value of at most 5 % exactly where the interval leaves 1 out', () => {
    const figures = fc.array(fc.double({ min: 0.9, max: 1.15, noNaN: true }), {
      minLength: 6,
      maxLength: 12,
    });
    fc.assert(
      fc.property(figures, (ratios) => {
        const replicates = [
          ...replicatesOf(
            node,
            ratios.map(() => 250),
          ),
          ...replicatesOf(
            bun,
            ratios.map((ratio) => 250 * ratio),
          ),
        ];
        const { ratio, pValues } = compare(replicates);
        assert.ok(ratio.state === 'interval' && pValues !== null);
        assert.equal(pValues.different <= 0.05, ratio.low > 1 || ratio.high < 1);
        assert.equal(pValues.equivalent <= 0.05, ratio.low > 1 / 1.03 && ratio.high < 1.03);
      }),
      { numRuns: 60 },
    );
  });
});

describe('toFamily', () => {
  const weak = () => compare(both(1.02, 8, 2.4), completed, { margin: 0.001 });

  it('asks more of each comparison, the more there are', () => {
    const alone = weak();
    assert.equal(alone.verdict.state, 'faster');
    const family: Comparison[] = toFamily([...Array(12).keys()].map(weak));
    assert.ok(family.every(({ familySize }) => familySize === 12));
    assert.ok(family.every(({ pValues }) => pValues?.different === alone.pValues?.different));
    assert.ok(
      family.every(({ verdict }) => verdict.state === 'inconclusive' && verdict.cause === 'not-after-holm'),
    );
    assert.match(
      verdictInWords(family[0] ?? alone),
      /differs from 1, but not after Holm's adjustment for 12 comparisons/,
    );
  });

  it('leaves what has no interval as it was, and does not count it', () => {
    const few = compare(both(2, 3));
    const zero = compare([...replicatesOf(node, Array(8).fill(0)), ...replicatesOf(bun, Array(8).fill(3))]);
    const [a, b, c] = toFamily([few, weak(), zero]);
    assert.deepEqual(a?.verdict, few.verdict);
    assert.deepEqual(c?.verdict, zero.verdict);
    assert.equal(b?.familySize, 1);
    assert.equal(b?.verdict.state, 'faster');
  });

  it('is empty for none', () => {
    assert.deepEqual(toFamily([]), []);
  });
});
