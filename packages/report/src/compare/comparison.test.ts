import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Cell } from '@acceptbench/results/cell';
import { aCell, aMeasurement, anInvalid, aValid } from '../testing/builders.ts';
import { aComparedRun, compareAll, comparePaired } from '../testing/comparing.ts';
import { type SpreadOptions, spreadReplicates } from '../testing/spread.ts';
import { parseFailOn } from './failOn.ts';
import { toOutcome } from './outcome.ts';
import { matchRuns } from './runs.ts';
import { matchWithin } from './within.ts';

const cells = [aCell({ runtime: 'node' }), aCell({ runtime: 'bun' })];
const arms: Cell[] = cells.flatMap((cell) =>
  (['a', 'b'] as const).map((arm) => ({ ...cell, id: `${cell.id}@${arm}`, arm })),
);
const fails = parseFailOn('slower');

/** Two arms of one run, of which b may be slower. */
function twoArms(options: Omit<SpreadOptions, 'slowdown'>, slowdown = 1) {
  const run = aComparedRun(
    'both',
    arms,
    spreadReplicates(arms, { ...options, slowdown: ({ arm }) => (arm === 'b' ? slowdown : 1) }),
  );
  return comparePaired(run, matchWithin(run, { field: 'arm', value: 'a' }, { field: 'arm', value: 'b' }));
}

/** Two runs of the same cells, of which the second may be slower. */
function twoRuns({ seed, ...options }: Omit<SpreadOptions, 'slowdown'>, slowdown = 1) {
  const base = aComparedRun('base', cells, spreadReplicates(cells, { ...options, seed }));
  const slower = { ...options, seed: seed + 1_000_003, slowdown: () => slowdown };
  return compareAll([base, aComparedRun('head', cells, spreadReplicates(cells, slower))]);
}

const statesOf = ({ heads }: ReturnType<typeof twoRuns>) =>
  heads[0]?.rows.map(({ verdict }) => verdict.state) ?? [];
const seeds = (n: number) => Array.from({ length: n }, (_, index) => index + 1);
const isDifferent = (states: readonly string[]) => states.includes('faster') || states.includes('slower');

describe('A/A: the same cell under two names', () => {
  // 5 % of 120 is 6; 12 or more would come once in 80 times.
  it('side by side, is called different in hardly any of 120 comparisons of two cells', () => {
    const different = seeds(120).filter((seed) =>
      isDifferent(statesOf(twoArms({ blocks: 8, spread: 0.055, blockSpread: 0.1, seed }))),
    );
    assert.ok(different.length < 12, `${different.length} of 120`);
  });

  it('as two runs that drift apart by 2 %, likewise, and the gate lets it pass or says that it does not know', () => {
    const reports = seeds(120).map((seed) => twoRuns({ blocks: 8, spread: 0.03, runSpread: 0.014, seed }));
    const outcomes = reports.map((report) => toOutcome(report, fails).state);
    const different = reports.filter((report) => isDifferent(statesOf(report)));
    assert.ok(different.length < 12, `${different.length} of 120`);
    assert.ok(outcomes.filter((state) => state === 'regression').length <= different.length);
  });

  it('is called the same where it is measured well enough', () => {
    const report = twoArms({ blocks: 12, spread: 0.01, blockSpread: 0.1, seed: 1 });
    assert.deepEqual(new Set(statesOf(report)), new Set(['equivalent']));
    assert.equal(toOutcome(report, fails).state, 'no regression');
  });
});

describe('10 % more work in head', () => {
  it('is seen side by side in 8 blocks, in most of 40 cases', () => {
    const found = seeds(40).filter((seed) => {
      const report = twoArms({ blocks: 8, spread: 0.03, blockSpread: 0.1, seed }, 1.1);
      assert.equal(statesOf(report).includes('faster'), false);
      return toOutcome(report, fails).state === 'regression';
    });
    assert.ok(found.length >= 36, `${found.length} of 40`);
  });

  it('is seen between two runs in 12 blocks, in most of 40 cases', () => {
    const found = seeds(40).filter((seed) => {
      const report = twoRuns({ blocks: 12, spread: 0.03, runSpread: 0.007, seed }, 1.1);
      assert.equal(statesOf(report).includes('faster'), false);
      return toOutcome(report, fails).state === 'regression';
    });
    assert.ok(found.length >= 36, `${found.length} of 40`);
  });
});

describe('compareRuns', () => {
  const waiting = (acceptQueue: number, seed: number) =>
    spreadReplicates(cells, { blocks: 8, spread: 0.01, seed }).map((replicate) =>
      replicate.outcome === 'valid'
        ? aValid(
            replicate.cell,
            replicate.block,
            aMeasurement(replicate.cell, {
              acceptQueue: acceptQueue * (1 + replicate.block / 100),
              process: 1,
              work: 4,
            }),
          )
        : replicate,
    );
  const waits = (before: number, after: number) =>
    compareAll([
      aComparedRun('base', cells, waiting(before, 1)),
      aComparedRun('head', cells, waiting(after, 2)),
    ]).heads[0]?.rows.filter(({ metric }) => metric.key === 'accept-wait');

  it('does not compare waits that are both shorter than what is told from none', () => {
    const rows = waits(0.3, 0.9 / 1.1);
    assert.deepEqual(
      rows?.map(({ verdict }) => verdict.state),
      ['negligible', 'negligible'],
    );
  });

  it('sees a wait that was next to none and is not any more', () => {
    assert.deepEqual(
      waits(0.3, 30)?.map(({ verdict }) => verdict.state),
      ['slower', 'slower'],
    );
  });

  it('shows a pair without a valid replicate, and is then inconclusive', () => {
    const none = cells.map((cell) => anInvalid(cell, 1, [{ gate: 'steal', reason: 'stolen' }]));
    const report = compareAll([
      aComparedRun('base', cells, spreadReplicates(cells, { blocks: 8, spread: 0.01, seed: 1 })),
      aComparedRun('head', cells, none),
    ]);
    assert.equal(toOutcome(report, fails).state, 'inconclusive');
    const both = compareAll([aComparedRun('base', cells, none), aComparedRun('head', cells, none)]);
    assert.deepEqual(
      both.heads[0]?.rows.map(({ metric, verdict }) => [metric.key, verdict.state]),
      [
        ['completed', 'inconclusive'],
        ['completed', 'inconclusive'],
      ],
    );
  });

  it('finds a difference in a family of hundreds: Holm needs p-values that small', () => {
    const many = Array.from({ length: 100 }, (_, index) => aCell({ runtime: `r${index}` }));
    const run = (label: string, slowdown: number, seed: number) =>
      aComparedRun(
        label,
        many,
        spreadReplicates(many, {
          blocks: 8,
          spread: 0.005,
          seed,
          slowdown: ({ runtime }) => (runtime === 'r7' ? slowdown : 1),
        }),
      );
    const report = compareAll([run('base', 1, 1), run('head', 1.5, 2)]);
    const { failing } = toOutcome(report, fails);
    assert.equal(report.familySize, 400);
    assert.deepEqual(new Set(failing.map(({ pair }) => pair.base.runtime)), new Set(['r7']));
  });
});

describe('matchRuns', () => {
  const [node, bun] = cells as [Cell, Cell];

  it('takes cells of one id, says of those that are not the same why, and names the others', () => {
    const faster = { ...bun, work: { ...bun.work, iterations: 3_999_999 } };
    const deno = aCell({ runtime: 'deno' });
    const base = aComparedRun('base', [node, bun, deno], []);
    const matched = matchRuns(base, aComparedRun('head', [node, faster, aCell({ runtime: 'other' })], []));
    assert.deepEqual(
      matched.pairs.map((pair) => pair.base.id),
      [node.id],
    );
    assert.deepEqual(matched.incomparable, [{ cellId: bun.id, why: 'work.iterations 4000000 and 3999999' }]);
    assert.deepEqual([matched.onlyInBase, matched.onlyInHead], [[deno.id], [aCell({ runtime: 'other' }).id]]);
    const report = compareAll([
      aComparedRun('base', [node, bun], spreadReplicates([node], { blocks: 8, spread: 0.001, seed: 1 })),
      aComparedRun('head', [node, faster], spreadReplicates([node], { blocks: 8, spread: 0.001, seed: 2 })),
    ]);
    const outcome = toOutcome(report, fails);
    assert.deepEqual([outcome.state, outcome.reasons], ['inconclusive', ['1 cell of both is not the same.']]);
  });

  it('says of a load what is not the same', () => {
    const longer = { ...node, load: { ...node.load, durationSeconds: 60 } };
    const { incomparable } = matchRuns(aComparedRun('a', [node], []), aComparedRun('b', [longer], []));
    assert.deepEqual(
      incomparable.map(({ why }) => why),
      ['load.durationSeconds 10 and 60'],
    );
  });
});
