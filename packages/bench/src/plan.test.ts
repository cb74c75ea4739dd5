import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { nominalCells } from './experiments/nominal.ts';
import { quick } from './experiments/quick.ts';
import { blockOrders } from './plan.ts';

const cells = nominalCells(quick.short);

function orders(of: typeof cells, blocks: number, seed: number): string[][] {
  const generator = blockOrders(of, seed);
  return Array.from({ length: blocks }, () => generator.next().value.map(({ id }) => id));
}

test('a block has every cell once, and the same seed gives the same orders', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 2 ** 31 - 1 }), fc.integer({ min: 1, max: 6 }), (seed, blocks) => {
      const found = orders(cells, blocks, seed);
      assert.deepEqual(found, orders(cells, blocks, seed));
      for (const ids of found) assert.deepEqual(ids.toSorted(), cells.map(({ id }) => id).sort());
    }),
  );
});

test('each cell comes in each place about as often: the order is random', () => {
  const rounds = 6000;
  const counts = new Map<string, number>();
  for (const [place, id] of orders(cells.slice(0, 3), rounds, 7).flatMap((ids) => [...ids.entries()])) {
    const key = `${id} ${place}`;
    counts.set(key, (counts.get(key) ?? 0) + 1);
  }
  // Binomial(6000, 1/3): 2000 ± 5 standard deviations of 36.5.
  for (const count of counts.values()) assert.ok(Math.abs(count - 2000) < 183, `${count} of ${rounds}`);
  assert.equal(counts.size, 9);
});
