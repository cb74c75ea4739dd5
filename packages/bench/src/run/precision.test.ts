import assert from 'node:assert/strict';
import { test } from 'node:test';
import { conduct, valid } from '../../test/replicates.ts';
import { nominalCells } from '../experiments/nominal.ts';
import { smoke } from '../experiments/smoke.ts';
import type { PlannedReplicate } from '../plan.ts';
import { precisionInWords } from './precision.ts';
import { type Plan, toSchedule } from './toSchedule.ts';

const cells = nominalCells({ ...smoke.short, runtimes: ['node', 'bun'] });
const precision = { share: 0.03, budgetSeconds: 400 };
const plan = (change: Partial<typeof precision> = {}): Plan & { design: { kind: 'blocks' } } => ({
  cells,
  seed: 1,
  retries: 1,
  design: { kind: 'blocks', blocks: 2, precision: { ...precision, ...change } },
});

/** Replicates of 5 s, whose mean response time differs by so much from block to block and from cell to cell. */
const noisy = (spread: number) => (planned: PlannedReplicate) => {
  const wave = Math.sin(7 * planned.block + (planned.cell.runtime === 'bun' ? 1 : 0));
  const mean = 100 * (1 + spread * wave);
  const rates = {
    offeredPerSecond: 325,
    acceptedPerSecond: 250,
    completedPerSecond: 250 * (1 - (spread * wave) / 4),
  };
  return {
    ...valid(planned, { rates, responseTimeMs: { mean, p50: mean, p90: mean, p99: mean, max: mean } }),
    wallSeconds: 5,
  };
};
const blocksOf = (done: readonly { block: number }[]) => Math.max(...done.map(({ block }) => block));
const wordsOf = (of: Plan, done: Parameters<typeof precisionInWords>[1]) =>
  precisionInWords({ cells, experiment: { ...smoke, form: 'short', design: of.design } }, done);

test('blocks are added until the intervals are narrow, which takes six at least', () => {
  const done = conduct(toSchedule(plan(), 0), noisy(0.005));
  assert.equal(blocksOf(done), 6);
  assert.match(
    wordsOf(plan(), done) ?? '',
    /^Every comparison is known to ± 3\.0 %, after 6 blocks; the widest is ± \d/,
  );
});

test('or until the budget is spent, and never beyond it', () => {
  const wide = plan({ budgetSeconds: 203 });
  const schedule = toSchedule(wide, 0);
  const done = conduct(schedule, noisy(0.4));
  const spent = done.reduce((sum, { wallSeconds }) => sum + wallSeconds, 0);
  assert.equal(spent, 200, 'twenty blocks of two replicates of 5 s');
  assert.match(
    wordsOf(wide, done) ?? '',
    /^Not every comparison is known to ± 3\.0 %, after 20 blocks: the widest is ± \d/,
  );
  const { atMost, seconds } = schedule.left([]);
  assert.deepEqual([atMost, seconds], [true, 203]);
});

test('a run that was cut goes on to the same end', () => {
  const whole = conduct(toSchedule(plan({ budgetSeconds: 100 }), 0), noisy(0.4));
  for (const cut of [0, 1, 7, 12, whole.length]) {
    assert.deepEqual(
      conduct(toSchedule(plan({ budgetSeconds: 100 }), cut), noisy(0.4), whole.slice(0, cut)),
      whole,
    );
  }
});

test('with nothing to compare there is nothing to be precise about', () => {
  assert.throws(() => toSchedule({ ...plan(), cells: cells.slice(0, 1) }, 0), {
    name: 'UsageError',
    message: /^--precision: nothing in this run is compared/,
  });
});
