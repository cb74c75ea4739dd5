import assert from 'node:assert/strict';
import { test } from 'node:test';
import { toSearches } from '@acceptbench/report/search';
import type { Cell } from '@acceptbench/results/cell';
import type { Replicate } from '@acceptbench/results/replicate';
import fc from 'fast-check';
import { conduct, failed, invalid, notOffered, valid } from '../../test/replicates.ts';
import { capacity } from '../experiments/capacity.ts';
import { nominalCells } from '../experiments/nominal.ts';
import type { PlannedReplicate } from '../plan.ts';
import { scheduleSearch } from './search.ts';

const { design } = capacity.short;
assert.ok(design.kind === 'search');
const cells = nominalCells(capacity.short).slice(0, 3);
const schedule = (redoUpTo = 0, known = cells) =>
  scheduleSearch({ cells: known, seed: 3, retries: 1, redoUpTo, design });
const rateOfCell = ({ load }: Cell) =>
  load.kind === 'constant-arrival-rate' ? load.ratePerSecond : Number.NaN;
const rateOf = ({ cell }: PlannedReplicate | Replicate) => rateOfCell(cell);

/** A server that keeps p99 at 10 ms up to a rate of its own, and then does not. */
function live(planned: PlannedReplicate): Replicate {
  const capacity =
    230 +
    10 *
      cells.findIndex(
        ({ runtime, topology }) => runtime === planned.cell.runtime && topology === planned.cell.topology,
      );
  const rate = rateOf(planned);
  const p99 = rate <= capacity ? 10 : 500;
  return valid(planned, {
    rates: { offeredPerSecond: rate, acceptedPerSecond: rate, completedPerSecond: Math.min(rate, capacity) },
    responseTimeMs: { mean: 5, p50: 5, p90: 6, p99, max: 900 },
  });
}

test('the search begins where the simulations of docs/statistics.md do: at 0.9 of the ceiling', () => {
  assert.deepEqual(cells.map(rateOfCell), [225, 225, 225]);
});

test('each cell’s capacity is found, and the searches take turns', () => {
  const done = conduct(schedule(), live);
  const known = [...cells, ...done.map(({ cell }) => cell)];
  const searches = toSearches({ cells: known, experiment: { design } }, done);
  assert.equal(searches.length, cells.length * design.objectives.length);
  for (const { base, move } of searches) {
    const truth = 230 + 10 * cells.findIndex(({ id }) => id === base.id);
    assert.ok(
      move.state === 'found' && Math.abs(move.capacityPerSecond / truth - 1) < 0.03,
      JSON.stringify(move),
    );
  }
  const who = done.map(({ cell }) => `${cell.runtime} ${cell.topology}`);
  for (let round = 0; round < 5; round += 1) {
    assert.equal(new Set(who.slice(3 * round, 3 * round + 3)).size, 3, 'a step of each in every round');
  }
  assert.ok(new Set([0, 1, 2, 3, 4].map((round) => who.slice(3 * round, 3 * round + 3).join())).size > 1);
  assert.equal(
    new Set(done.map(({ cell, block, attempt }) => `${cell.id} ${block} ${attempt}`)).size,
    done.length,
  );
  assert.deepEqual(schedule().left(done), { replicates: 0, seconds: 0, atMost: false });
});

test('a search that was cut goes on to the same end', () => {
  const whole = conduct(schedule(), live);
  fc.assert(
    fc.property(fc.integer({ min: 0, max: whole.length }), (cut) => {
      const before = whole.slice(0, cut);
      // The record has the cells of the steps by then.
      const known = [
        ...cells,
        ...before.map(({ cell }) => cell).filter(({ id }) => cells.every((cell) => cell.id !== id)),
      ];
      assert.deepEqual(conduct(schedule(cut, known), live, before), whole);
    }),
    { numRuns: 5 },
  );
});

test('a step that the machine spoilt is repeated at its rate; a failed one is asked for again; all of it ends', () => {
  const fates = fc.infiniteStream(
    fc.oneof(
      { weight: 4, arbitrary: fc.constant(live) },
      fc.constant(failed),
      fc.constant((planned: PlannedReplicate) => invalid(planned, 'steal')),
    ),
  );
  fc.assert(
    fc.property(fates, (fate) => {
      const done = conduct(schedule(), (planned) => fate.next().value(planned), [], 300);
      for (const [index, replicate] of done.entries()) {
        if (replicate.attempt === 1) continue;
        const before = done.slice(0, index).findLast(({ cell }) => cell.id === replicate.cell.id);
        assert.deepEqual([before?.outcome, before?.block], ['invalid', replicate.block]);
      }
    }),
    { numRuns: 5 },
  );
  assert.ok(conduct(schedule(), failed, [], 300).length <= 3 * design.maxSteps);
  assert.equal(conduct(schedule(), notOffered).length, 3);
});
