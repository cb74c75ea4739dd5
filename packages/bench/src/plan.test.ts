import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Cell } from '@acceptbench/results/cell';
import fc from 'fast-check';
import { quick } from './experiments/quick.ts';
import { expectedSeconds, plannedCeiling, toCells, toPlan } from './plan.ts';

const calibration = {
  kind: 'wasm',
  targetMs: 4,
  iterations: 3_000_000,
  medianMs: 4,
  iqrMs: 0.1,
  n: 70,
} as const;
const cells = toCells(quick, calibration, 1);

test('quick is three runtimes × inline and offload × below and above the ceiling', () => {
  assert.equal(cells.length, 12);
  assert.deepEqual([...new Set(cells.map(({ load }) => load.ratePerSecond))], [175, 325]);
  assert.equal(new Set(cells.map(({ id }) => id)).size, 12);
  for (const cell of cells) assert.deepEqual(Cell.parse(cell), cell);
});

test('each topology has its listeners, and a sweep of somaxconn has a cell for each', () => {
  const topologies = [
    { topology: 'offload', workers: 4 },
    { topology: 'reuseport', workers: 3 },
    { topology: 'reuseport-offload', workers: 4, listeners: 2 },
    { topology: 'reuseport-offload', workers: 4 },
    { topology: 'prefork', workers: 2 },
  ] as const;
  const sweep = toCells({ ...quick, topologies: [...topologies], somaxconns: [16, 128] }, calibration, 4);
  const bun = sweep.filter(({ runtime, load }) => runtime === 'bun' && load.ofCeiling === 0.7);
  assert.deepEqual(
    bun.filter(({ somaxconn }) => somaxconn === 16).map(({ listeners }) => listeners),
    [1, 3, 2, 4, 2],
  );
  assert.equal(new Set(sweep.map(({ id }) => id)).size, sweep.length);
  for (const cell of sweep) assert.deepEqual(Cell.parse(cell), cell);
  assert.ok(cells.every((cell) => !('somaxconn' in cell)));
});

test('the ceiling grows with workers until the free cores are used up', () => {
  assert.equal(plannedCeiling(1, 1, 4), 250);
  assert.equal(plannedCeiling(4, 2, 4), 500);
  assert.equal(plannedCeiling(2, 8, 4), 500);
});

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
  const seconds = quick.blocks * cells.reduce((sum, cell) => sum + expectedSeconds(cell), 0);
  assert.ok(seconds <= 240, `${seconds} s`);
});
