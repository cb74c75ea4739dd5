import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Replicate } from '@acceptbench/results/replicate';
import fc from 'fast-check';
import { conduct, failed, invalid, notOffered, valid } from '../../test/replicates.ts';
import { nominalCells } from '../experiments/nominal.ts';
import { quick } from '../experiments/quick.ts';
import type { PlannedReplicate } from '../plan.ts';
import { type BlocksOptions, fixedBlocks, scheduleBlocks } from './blocks.ts';

const cells = nominalCells(quick.short).slice(0, 4);
const schedule = (blocks: number, change: Partial<BlocksOptions> = {}) =>
  scheduleBlocks({ cells, seed: 5, retries: 1, redoUpTo: 0, growth: fixedBlocks(blocks), ...change });
const placeOf = ({ block, cell, attempt }: PlannedReplicate | Replicate) => `${block} ${cell.id} ${attempt}`;

/** What might become of a replicate: mostly well, at times not. */
const fates = fc.infiniteStream(
  fc.oneof(
    { weight: 5, arbitrary: fc.constant(valid) },
    fc.constant(failed),
    fc.constant((planned: PlannedReplicate) => invalid(planned, 'steal')),
    fc.constant((planned: PlannedReplicate) => invalid(planned, 'steal', 'responses')),
  ),
);

test('each cell is run once in each block, and again only what the machine spoilt, at the end of its block', () => {
  fc.assert(
    fc.property(
      fates,
      fc.integer({ min: 1, max: 4 }),
      fc.integer({ min: 0, max: 2 }),
      (fate, blocks, retries) => {
        const done = conduct(schedule(blocks, { retries }), (planned) => fate.next().value(planned));
        assert.equal(new Set(done.map(placeOf)).size, done.length, 'nothing twice');
        for (let block = 1; block <= blocks; block += 1) {
          const attempts = done.filter((each) => each.block === block);
          assert.deepEqual(
            attempts
              .slice(0, cells.length)
              .map(({ cell, attempt }) => `${cell.id} ${attempt}`)
              .sort(),
            cells.map(({ id }) => `${id} 1`).sort(),
          );
          for (const again of attempts.slice(cells.length)) {
            const before = attempts.find(
              (each) => each.cell.id === again.cell.id && each.attempt === again.attempt - 1,
            );
            assert.equal(before?.outcome, 'invalid');
            assert.ok(before?.outcome === 'invalid' && before.reasons.every(({ gate }) => gate === 'steal'));
            assert.ok(again.attempt <= 1 + retries);
          }
        }
        assert.deepEqual(
          done.map(({ block }) => block),
          done.map(({ block }) => block).toSorted((a, b) => a - b),
        );
        assert.deepEqual(
          done.map(({ order }) => order),
          done.map((_, index) => index + 1),
        );
      },
    ),
  );
});

test('a run that ends anywhere goes on to the same end, and what had failed is tried once more', () => {
  fc.assert(
    fc.property(fates, fc.nat(), (fate, cut) => {
      const whole = conduct(schedule(3), (planned) => fate.next().value(planned));
      const before = whole.slice(0, cut % (whole.length + 1));
      const resumed = schedule(3, { redoUpTo: before.length });
      const done = conduct(resumed, valid, before);
      assert.deepEqual(done.slice(0, before.length), before);
      assert.equal(new Set(done.map(placeOf)).size, done.length);
      for (const { id } of cells) {
        for (const block of [1, 2, 3]) {
          const last = done.findLast((each) => each.cell.id === id && each.block === block);
          if (last?.outcome === 'valid') continue;
          // What stays invalid is what the machine alone did not spoil, or what has had its second attempt.
          assert.ok(last?.outcome === 'invalid');
          assert.ok(last.attempt > 1 || last.reasons.some(({ gate }) => gate === 'responses'));
        }
      }
    }),
  );
});

test('a cell that is not offered is recorded once, and no more is asked of it', () => {
  const absent = cells[1]?.id;
  const done = conduct(schedule(3), (planned) =>
    planned.cell.id === absent ? notOffered(planned) : valid(planned),
  );
  assert.equal(done.filter(({ cell }) => cell.id === absent).length, 1);
  assert.equal(done.length, 3 * (cells.length - 1) + 1);
  assert.equal(conduct(schedule(3), notOffered).length, cells.length);
});

test('what is left counts down to nothing, and a further attempt is one more', () => {
  const plan = schedule(2);
  const total = 2 * cells.length;
  const done = conduct(plan, (planned) =>
    planned.order === 1 ? invalid(planned, 'samples') : valid(planned),
  );
  const left = done.map((_, index) => plan.left(done.slice(0, index + 1)));
  assert.equal(plan.left([]).replicates, total);
  assert.deepEqual(
    left.map(({ replicates }) => replicates),
    Array.from({ length: total + 1 }, (_, index) => total - index),
  );
  assert.ok(left.every(({ replicates, seconds, atMost }) => seconds > 0 === replicates > 0 && !atMost));
});

test('quick is planned to end within four minutes', () => {
  const { design } = quick.short;
  assert.ok(design.kind === 'blocks');
  const { seconds } = schedule(design.blocks, { cells: nominalCells(quick.short) }).left([]);
  assert.ok(seconds <= 240, `${seconds} s`);
});

test('clocks play no part: a stepped clock changes nothing of what comes next', () => {
  const done = conduct(schedule(2), valid).slice(0, 5);
  const stepped = done.map((replicate) => ({ ...replicate, startedAt: '1999-12-31T23:59:59.000Z' }));
  assert.deepEqual(schedule(2).next(stepped), schedule(2).next(done));
});
