import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Replicate } from '@acceptbench/results/replicate';
import type { Design } from '@acceptbench/results/run';
import { conduct, failed, invalid, notOffered, valid } from '../../test/replicates.ts';
import { nominalCells } from '../experiments/nominal.ts';
import { smoke } from '../experiments/smoke.ts';
import type { PlannedReplicate } from '../plan.ts';
import { isComplete } from './complete.ts';
import { toSchedule } from './toSchedule.ts';

const cells = nominalCells({ ...smoke.short, runtimes: ['node', 'bun'] });

/** Whether a run of a design is complete when its replicates are as `live` has them. */
function isCompleteAfter(design: Design, live: (planned: PlannedReplicate) => Replicate): boolean {
  const done = conduct(toSchedule({ cells, design, seed: 1, retries: 0 }, 0), live, [], 400);
  return isComplete({ cells, experiment: { ...smoke, form: 'short', design } }, done);
}
const ofBun = (live: (planned: PlannedReplicate) => Replicate) => (planned: PlannedReplicate) =>
  planned.cell.runtime === 'bun' ? live(planned) : valid(planned);

test('each cell needs a valid replicate, or not to be offered, and none may have failed', () => {
  const blocks: Design = { kind: 'blocks', blocks: 2 };
  assert.equal(isCompleteAfter(blocks, valid), true);
  assert.equal(isCompleteAfter(blocks, ofBun(notOffered)), true);
  assert.equal(isCompleteAfter(blocks, ofBun(failed)), false);
  assert.equal(
    isCompleteAfter(
      blocks,
      ofBun((planned) => invalid(planned, 'books')),
    ),
    false,
  );
  const once = (planned: PlannedReplicate) =>
    planned.block === 1 ? invalid(planned, 'books') : valid(planned);
  assert.equal(isCompleteAfter(blocks, ofBun(once)), true);
});

test('a budget that does not suffice for the precision leaves the run incomplete', () => {
  const noisy = (percent: number) => (planned: PlannedReplicate) => {
    const mean = 100 + percent * Math.sin(7 * planned.block + (planned.cell.runtime === 'bun' ? 1 : 0));
    const responseTimeMs = { mean, p50: mean, p90: mean, p99: mean, max: mean };
    return { ...valid(planned, { responseTimeMs }), wallSeconds: 5 };
  };
  const precise: Design = { kind: 'blocks', blocks: 1, precision: { share: 0.03, budgetSeconds: 100 } };
  assert.equal(isCompleteAfter(precise, noisy(0.5)), true);
  assert.equal(isCompleteAfter(precise, noisy(40)), false);
});

test('a search is complete at its end, though steps that were too much are invalid, and not where it gave up', () => {
  const search: Design = { kind: 'search', objectives: [{ p99Ms: 50 }], maxSteps: 14 };
  const upTo = (rate: number) => (planned: PlannedReplicate) => {
    const { load } = planned.cell;
    const isTooMuch = load.kind === 'constant-arrival-rate' && load.ratePerSecond > rate;
    const p99 = isTooMuch ? 900 : 10;
    const responseTimeMs = { mean: 5, p50: 5, p90: 6, p99, max: 900 };
    const step = valid(planned, { responseTimeMs });
    return isTooMuch && step.outcome === 'valid'
      ? { ...step, outcome: 'invalid' as const, reasons: [{ gate: 'books', reason: 'they do not close' }] }
      : step;
  };
  assert.equal(isCompleteAfter(search, upTo(240)), true);
  assert.equal(
    isCompleteAfter(search, (planned) =>
      planned.cell.runtime === 'bun' ? notOffered(planned) : upTo(240)(planned),
    ),
    true,
  );
  assert.equal(
    isCompleteAfter(search, (planned) => invalid(planned, 'generator-cpu')),
    false,
  );
});
