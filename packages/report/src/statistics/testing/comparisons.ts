import { mean } from 'simple-statistics';
import { type BlockPair, type RatioOptions, toPairedRatio } from '../ratio.ts';
import { toPValues, toVerdict, type Verdict } from '../verdict.ts';
import type { Random } from './random.ts';

/** How far a fresh process is from its cell's mean, on the log scale. */
export type Spread = (random: Random) => number;

/** Standard deviation `sd`, normal. */
export const oneMode =
  (sd: number): Spread =>
  (random) =>
    sd * random.normal();

/** Half of the processes are in one mode, half in the other; 2 % within a mode, `sd` over both. */
export const twoModes =
  (sd: number): Spread =>
  (random) =>
    (random.uniform() < 0.5 ? 1 : -1) * Math.sqrt(sd ** 2 - 0.02 ** 2) + 0.02 * random.normal();

export type Design = {
  readonly blocks: number;
  /** head / base in truth. */
  readonly ratio: number;
  readonly spread: Spread;
  /** Fresh processes of each side in a block: 2 where a run has each cell under two names. */
  readonly processes?: number;
  /** Standard deviation of what the machine did in a block, which is in both sides, on the log scale. */
  readonly blockSpread?: number;
};

/** What a run of that design measures, in requests per second; several processes of a block are one figure, as in `compareCells`. */
export function simulatePairs(design: Design, random: Random): BlockPair[] {
  const { blocks, ratio, spread, processes = 1, blockSpread = 0 } = design;
  return Array.from({ length: blocks }, (_, index) => {
    const machine = blockSpread * random.normal();
    const side = (center: number) =>
      center * Math.exp(machine + mean(Array.from({ length: processes }, () => spread(random))));
    return { block: index + 1, base: side(250), head: side(250 * ratio) };
  });
}

/** The verdict of a comparison that is its own family. */
export function verdictOf(pairs: readonly BlockPair[], options: RatioOptions = {}): Verdict['state'] {
  const ratio = toPairedRatio(pairs, options);
  const pValues = toPValues(ratio, 0.03);
  return toVerdict({
    ratio: ratio.summary,
    better: 'more',
    margin: 0.03,
    confidence: 0.95,
    pValues,
    adjusted: pValues,
    familySize: 1,
  }).state;
}

export const isDifferent = (state: Verdict['state']) => state === 'faster' || state === 'slower';

/** The share of comparisons of which `is` holds. */
export function shareOf(comparisons: number, is: () => boolean): number {
  let times = 0;
  for (let comparison = 0; comparison < comparisons; comparison += 1) if (is()) times += 1;
  return times / comparisons;
}

/** Fewer resamples than a report has, for many comparisons in little time; the test is as exact, its p-values are coarser. */
export const quick = { resamples: 999 };

/** The share of comparisons of a design that are called faster or slower. */
export function shareDifferent(comparisons: number, design: Design, random: Random): number {
  return shareOf(comparisons, () => isDifferent(verdictOf(simulatePairs(design, random), quick)));
}
