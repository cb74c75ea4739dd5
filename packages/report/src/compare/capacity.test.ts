import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Replicate } from '@acceptbench/results/replicate';
import { nextStep } from '../statistics/capacitySearch.ts';
import { type ArrivalCell, aCell, aMeasurement, aRun, aValid } from '../testing/builders.ts';
import { aComparedRun, compareAll } from '../testing/comparing.ts';
import { parseFailOn } from './failOn.ts';
import { toOutcome } from './outcome.ts';
import { renderCompareTerminal } from './terminal.ts';

const base = aCell({ runtime: 'node', rate: 225, ofCeiling: 0.9 });
const design = { kind: 'search' as const, objectives: [{ p99Ms: 50 }], maxSteps: 14 };

function stepAt(cell: ArrivalCell, ratePerSecond: number): ArrivalCell {
  const { ofCeiling: _, ...load } = cell.load;
  return { ...cell, id: `${cell.runtime}-${ratePerSecond}rps`, load: { ...load, ratePerSecond } };
}

/** The steps that a search takes with a server that takes so many requests per second and no more. */
function search(cell: ArrivalCell, capacityPerSecond: number, mostSteps = 14): Replicate[] {
  const replicates: Replicate[] = [];
  const history: { ratePerSecond: number; passed: boolean }[] = [];
  while (history.length < mostSteps) {
    const move = nextStep(history, { guessPerSecond: cell.load.ratePerSecond, maxSteps: design.maxSteps });
    if (move.state !== 'step') break;
    const passed = move.ratePerSecond <= capacityPerSecond;
    history.push({ ratePerSecond: move.ratePerSecond, passed });
    const wait = { acceptQueue: passed ? 1 : 800, process: 1, work: 4 };
    const change = { completed: move.ratePerSecond, ceilingPerSecond: null };
    const step = stepAt(cell, move.ratePerSecond);
    replicates.push(aValid(step, history.length, aMeasurement(step, wait, change)));
  }
  return replicates;
}

const aSearch = (label: string, capacity: number, steps?: number) =>
  aComparedRun(label, [base], search(base, capacity, steps), {
    experiment: { ...aRun([]).experiment, design },
  });

const compare = (before: number, after: number, steps?: number) =>
  compareAll([aSearch('before', before), aSearch('after', after, steps)]);
const outcomeOf = (...of: Parameters<typeof compare>) => toOutcome(compare(...of), parseFailOn('capacity'));

describe('capacities of two searches', () => {
  it('are compared, with an interval that holds their true ratio', () => {
    for (const factor of [0.7, 0.85, 1, 1.2, 1.5]) {
      const [row, ...others] = compare(200, 200 * factor).heads[0]?.rows ?? [];
      assert.deepEqual(others, []);
      assert.equal(row?.metric.name, 'capacity (p99 ≤ 50 ms)');
      const ratio = row?.comparison.ratio;
      assert.ok(ratio?.state === 'interval');
      assert.ok(ratio.low < factor && factor < ratio.high, `${factor}: ${ratio.low} to ${ratio.high}`);
      if (factor <= 0.85) assert.equal(row?.verdict.state, 'slower');
      if (factor >= 1.2) assert.equal(row?.verdict.state, 'faster');
      if (factor === 1) assert.notEqual(row?.verdict.state, 'slower');
    }
  });

  it('fail a gate where head takes less, and show it', () => {
    assert.equal(outcomeOf(200, 150).state, 'regression');
    const report = compare(200, 150);
    const text = renderCompareTerminal(report, toOutcome(report, parseFailOn('slower')), { color: false });
    assert.match(text, /^capacity \(p99 ≤ 50 ms\), req\/s \(more is better\)$/m);
    assert.match(text, /✗ lower/);
  });

  it('are inconclusive where a search has not finished', () => {
    const outcome = outcomeOf(200, 200, 3);
    assert.equal(outcome.state, 'inconclusive');
    const [row] = compare(200, 200, 3).heads[0]?.rows ?? [];
    assert.ok(row?.verdict.state === 'inconclusive');
    assert.match(row.verdict.reason, /of head: its search has not finished/);
  });

  it('of other objectives are no comparison, and are named', () => {
    const other = aComparedRun('other', [base], search(base, 200), {
      experiment: { ...aRun([]).experiment, design: { ...design, objectives: [{ p99Ms: 20 }] } },
    });
    const report = compareAll([aSearch('before', 200), other]);
    const outcome = toOutcome(report, parseFailOn('slower'));
    assert.equal(outcome.state, 'inconclusive');
    assert.deepEqual(report.heads[0]?.incomparable, [
      { cellId: base.id, why: 'objective p99 ≤ 50 ms and 20 ms' },
    ]);
  });

  it('differ where one lies beyond what was searched', () => {
    assert.equal(outcomeOf(200, 1).state, 'regression');
    assert.equal(outcomeOf(1, 200).state, 'no regression');
    assert.equal(outcomeOf(1, 1).state, 'inconclusive');
    assert.equal(compare(200, 1e9).heads[0]?.rows[0]?.verdict.state, 'faster');
  });
});
