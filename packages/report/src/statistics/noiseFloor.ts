import { quantile } from './location.ts';
import { type BootstrapOptions, defaultResamples, defaultSeed } from './pivot.ts';
import { type BlockPair, leastBlocks } from './ratio.ts';
import { resampleMirrored } from './resample.ts';

/**
 * How far two names of the same cell are apart, as a factor of at least 1: 1.04 says that ratios from 1 / 1.04 to 1.04 are what
 * this run shows where there is no difference.
 */
export type NoiseFloor =
  | { readonly state: 'none' }
  /** Under six blocks: the ratio of one block that is farthest off. */
  | { readonly state: 'range'; readonly farthest: number; readonly cells: number; readonly blocks: number }
  | {
      readonly state: 'band';
      /** 95 % of the ratios of one block are within. */
      readonly ofBlocks: number;
      /** 95 % of the ratios of all blocks together are within: what an estimate in the same report is to be held against. */
      readonly ofEstimates: number;
      readonly share: number;
      readonly cells: number;
      /** Of the cell that has the fewest. */
      readonly blocks: number;
    };

/**
 * The noise floor of a run, from the A/A pairs of each of its cells. The band of estimates comes from resampling each cell's log
 * ratios with either sign, as which name is first means nothing; every cell counts the same.
 */
export function toNoiseFloor(
  cells: readonly (readonly BlockPair[])[],
  {
    seed = defaultSeed,
    resamples = defaultResamples,
    share = 0.95,
  }: BootstrapOptions & { share?: number } = {},
): NoiseFloor {
  const logs = cells
    .map((pairs) => pairs.map(({ base, head }) => Math.log(head / base)).filter(Number.isFinite))
    .filter((each) => each.length > 0);
  if (logs.length === 0) return { state: 'none' };
  const distances = logs.flat().map(Math.abs);
  const counts = { cells: logs.length, blocks: Math.min(...logs.map(({ length }) => length)) };
  if (counts.blocks < leastBlocks) {
    return { state: 'range', farthest: Math.exp(Math.max(...distances)), ...counts };
  }
  // The truth is 0, so it is the log ratios themselves that are mirrored, not what is left when their mean is taken away.
  const estimates = logs.flatMap((each, stream) => {
    const { means } = resampleMirrored(each, 0, resamples, { seed, stream });
    return Array.from(means, Math.abs);
  });
  return {
    state: 'band',
    ofBlocks: Math.exp(quantile(distances, share)),
    ofEstimates: Math.exp(quantile(estimates, share)),
    share,
    ...counts,
  };
}
