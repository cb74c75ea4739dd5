import type { Cell } from '@acceptbench/results/cell';
import type { Replicate } from '@acceptbench/results/replicate';
import { uniformFloat64 } from 'pure-rand/distribution/uniformFloat64';
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';
import { aMeasurement, aValid } from './builders.ts';

export type SpreadOptions = {
  readonly blocks: number;
  /** Standard deviation of a replicate's log figures: 0.05 is about 5 %. */
  readonly spread: number;
  /** That of what a block has in common, and of what a run has in common. */
  readonly blockSpread?: number;
  readonly runSpread?: number;
  /** A cell's response times are this many times what they are else, and its completed rate the inverse. */
  readonly slowdown?: (cell: Cell) => number;
  readonly seed: number;
};

/** Valid replicates whose figures spread as those of fresh processes do, log-normally; everything is known of them. */
export function spreadReplicates(cells: readonly Cell[], options: SpreadOptions): Replicate[] {
  const { blocks, spread, blockSpread = 0, runSpread = 0, slowdown = () => 1, seed } = options;
  const random = xoroshiro128plus(seed);
  const uniform = () => 1 - uniformFloat64(random);
  // The first draws of neighbouring seeds are alike.
  for (let skipped = 0; skipped < 100; skipped += 1) uniform();
  // G. E. P. Box and M. E. Muller, "A note on the generation of random normal deviates", Ann. Math. Statist. 29 (1958).
  const normal = () => Math.sqrt(-2 * Math.log(uniform())) * Math.cos(2 * Math.PI * uniform());
  const run = runSpread * normal();
  return Array.from({ length: blocks }, (_, index) => {
    const block = run + blockSpread * normal();
    return cells.map((cell) => {
      const slower = slowdown(cell) * Math.exp(block + spread * normal());
      const completed = 250 / slower;
      const measurement = aMeasurement(
        cell,
        { acceptQueue: 800 * slower, process: 1, work: 4 * slower },
        { completed },
      );
      return aValid(cell, index + 1, measurement);
    });
  }).flat();
}
