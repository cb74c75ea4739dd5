import assert from 'node:assert/strict';
import { it } from 'node:test';
import { toNoiseFloor } from './noiseFloor.ts';
import { assertClose } from './testing/close.ts';
import { seeded } from './testing/random.ts';

const random = seeded(31);

/** A/A pairs of one cell: each side a process that differs by `spread`. */
function cellOf(blocks: number, spread: number) {
  const side = () => 250 * Math.exp(spread * random.normal());
  return Array.from({ length: blocks }, (_, block) => ({ block, base: side(), head: side() }));
}

it('has the bands that the spread makes: 1.96 √2 σ for a block, and √n less for the estimate', () => {
  const floor = toNoiseFloor(Array.from({ length: 20 }, () => cellOf(20, 0.02)));
  assert.ok(floor.state === 'band' && floor.cells === 20 && floor.blocks === 20);
  assertClose(Math.log(floor.ofBlocks), 1.96 * Math.SQRT2 * 0.02, 0.005);
  assertClose(Math.log(floor.ofEstimates), (1.96 * Math.SQRT2 * 0.02) / Math.sqrt(20), 0.001);
});

it('holds 95 % of the estimates of other A/A pairs', () => {
  const floor = toNoiseFloor(Array.from({ length: 10 }, () => cellOf(12, 0.055)));
  assert.ok(floor.state === 'band');
  const others = Array.from({ length: 1000 }, () => {
    const pairs = cellOf(12, 0.055);
    return Math.abs(pairs.reduce((sum, { base, head }) => sum + Math.log(head / base), 0) / 12);
  });
  const within = others.filter((distance) => distance <= Math.log(floor.ofEstimates)).length;
  assert.ok(within >= 920 && within <= 980, `${within} of 1,000`);
});

it('does not mind which name is first', () => {
  const pairs = cellOf(8, 0.03);
  const turned = pairs.map(({ block, base, head }) => ({ block, base: head, head: base }));
  const [one, other] = [toNoiseFloor([pairs]), toNoiseFloor([turned])];
  assert.ok(one.state === 'band' && other.state === 'band');
  assertClose(one.ofBlocks, other.ofBlocks, 1e-12);
  assertClose(one.ofEstimates, other.ofEstimates, 1e-12);
});

it('gives the farthest under six blocks, and nothing without pairs', () => {
  const floor = toNoiseFloor([[{ block: 1, base: 100, head: 96 }], [{ block: 1, base: 100, head: 101 }]]);
  assert.ok(floor.state === 'range' && floor.cells === 2 && floor.blocks === 1);
  assertClose(floor.farthest, 100 / 96, 1e-12);
  assert.deepEqual(toNoiseFloor([]), { state: 'none' });
  assert.deepEqual(toNoiseFloor([[]]), { state: 'none' });
});
