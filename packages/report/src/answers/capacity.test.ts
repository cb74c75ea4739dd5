import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Replicate } from '@acceptbench/results/replicate';
import { toSearches } from '../analysis/search.ts';
import { toContext } from '../model/context.ts';
import { toLoadTables } from '../model/tables.ts';
import { aCell, aMeasurement, aRun, aValid } from '../testing/builders.ts';
import { capacityAnswers } from './capacity.ts';

const base = aCell({ rate: 150, ofCeiling: 0.6 });
const run = aRun([base], {
  experiment: {
    ...aRun([]).experiment,
    design: { kind: 'search', objectives: [{ p99Ms: 50 }], maxSteps: 14 },
  },
});

/** A step whose server keeps p99 at 10 ms up to 240/s. */
function step(rate: number, block: number): Replicate {
  const load = { ...base.load, ratePerSecond: rate };
  const cell = rate === 150 ? base : { ...base, id: `${base.id}-${rate}`, load };
  const p99 = rate <= 240 ? 10 : 900;
  const measured = aMeasurement(cell, { acceptQueue: 1, process: 0 });
  return aValid(cell, block, { ...measured, responseTimeMs: { ...measured.responseTimeMs, p99 } });
}

describe('capacityAnswers', () => {
  it('says the rate, its interval, and whether repeats confirm it', () => {
    const replicates: Replicate[] = [];
    for (;;) {
      const move = toSearches(run, replicates)[0]?.move;
      if (move?.state !== 'step') break;
      replicates.push(step(move.ratePerSecond, replicates.length + 1));
    }
    const { headline, answers } = capacityAnswers(toContext(run, replicates));
    assert.match(
      headline,
      /^With p99 within 50 ms, the highest rate is 2[34]\d req\/s \(1 of 1 searches\)\.$/,
    );
    assert.match(
      answers[0]?.sentences.join(' ') ?? '',
      /^Inline, p99 within 50 ms: 2[34]\d req\/s \(95 % from \d+ to \d+, confirmed by repeats there and 5 % above, \d+ steps\)\.$/,
    );
  });

  it('has tables whose rows are told apart by the rate of their step', () => {
    const context = toContext(run, [step(150, 1), step(220, 2), step(260, 3)]);
    const tables = context.groups.flatMap((group, index) => toLoadTables(context, group, index));
    assert.equal(tables.length, 3);
    for (const { keys, columns, rows } of tables) {
      assert.deepEqual(
        columns.slice(0, keys).map(({ title }) => title),
        ['offered', 'n'],
      );
      assert.deepEqual(
        rows.map(([rate]) => rate?.text),
        ['150.0', '220.0', '260.0'],
      );
      assert.equal(columns.filter(({ title }) => title === 'offered').length, 1);
    }
  });

  it('says so when a search has not come to its end', () => {
    const { headline, answers } = capacityAnswers(toContext(run, [step(150, 1)]));
    assert.equal(headline, 'Inconclusive: no search has come to its end.');
    assert.deepEqual(answers[0]?.sentences, ['Inline, p99 within 50 ms: not at its end after 1 steps.']);
  });
});
