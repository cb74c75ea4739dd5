import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { expectedSeconds } from './experiments/duration.ts';
import { nominalCells } from './experiments/nominal.ts';
import { quick } from './experiments/quick.ts';
import { toPlan } from './plan.ts';

const cells = nominalCells(quick.short);

test('a plan has every cell once in each block, and the same seed gives the same plan', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 2 ** 31 - 1 }), fc.integer({ min: 1, max: 6 }), (seed, blocks) => {
      const plan = toPlan(cells, blocks, seed);
      assert.deepEqual(plan, toPlan(cells, blocks, seed));
      assert.deepEqual(
        plan.map(({ order }) => order),
        plan.map((_, index) => index + 1),
      );
      for (let block = 1; block <= blocks; block += 1) {
        const ids = plan.filter((planned) => planned.block === block).map(({ cell }) => cell.id);
        assert.deepEqual(ids.sort(), cells.map(({ id }) => id).sort());
      }
    }),
  );
});

test('each cell comes in each place about as often: the order is random', () => {
  const rounds = 6000;
  const three = cells.slice(0, 3);
  const counts = new Map<string, number>();
  for (const [index, { cell }] of toPlan(three, rounds, 7).entries()) {
    const key = `${cell.id} ${index % 3}`;
    counts.set(key, (counts.get(key) ?? 0) + 1);
  }
  // Binomial(6000, 1/3): 2000 ± 5 standard deviations of 36.5.
  for (const count of counts.values()) assert.ok(Math.abs(count - 2000) < 183, `${count} of ${rounds}`);
  assert.equal(counts.size, 9);
});

test('quick is planned to end within four minutes', () => {
  const { design } = quick.short;
  const seconds =
    (design.kind === 'blocks' ? design.blocks : 0) *
    cells.reduce((sum, cell) => sum + expectedSeconds(cell), 0);
  assert.ok(seconds <= 240, `${seconds} s`);
});
