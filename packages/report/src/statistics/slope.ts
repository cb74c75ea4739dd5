import { linearRegression, mean, sampleVariance } from 'simple-statistics';
import { hodgesLehmann, median } from './location.ts';
import { type BootstrapOptions, toMeanPivot } from './pivot.ts';
import { leastBlocks } from './ratio.ts';

/** One replicate: `y` against `x`, such as accepted against completed, or completed against offered, each per second. */
export type SlopePoint = { readonly block: number; readonly x: number; readonly y: number };

/** Change of y for each 1 that x grows by. `n` is the number of blocks that have a slope: two different x at least. */
export type Slope =
  | { readonly state: 'none' }
  | {
      readonly state: 'range';
      readonly median: number;
      readonly min: number;
      readonly max: number;
      readonly n: number;
    }
  | {
      readonly state: 'interval';
      readonly estimate: number;
      readonly low: number;
      readonly high: number;
      readonly confidence: number;
      readonly n: number;
      /** A second centre, which one odd block hardly moves. */
      readonly hodgesLehmann: number;
      /** Two-sided p-values that the slope is 1, and that it is 0. */
      readonly pValues: { readonly one: number; readonly zero: number };
      /**
       * By how much noise in x flattens the slope, as a share of it: σ² / var(x), with σ² what x scatters by between blocks at
       * the same place in its order. Null where the blocks do not have the same number of points.
       */
      readonly attenuation: number | null;
    };

/**
 * A line through the points of each block by least squares, and the mean of these slopes over blocks. Replicates of one block
 * share what the machine did then, so they are no independent points; blocks are, and each gives one slope. Least squares
 * rather than Theil and Sen's median of pairwise slopes: a block has few points, and the median of few wastes a third of them.
 *
 * @throws {RangeError} when a coordinate is not finite.
 */
export function toSlope(
  points: readonly SlopePoint[],
  { confidence = 0.95, ...options }: BootstrapOptions & { readonly confidence?: number } = {},
): Slope {
  const bad = points.find(({ x, y }) => !Number.isFinite(x) || !Number.isFinite(y));
  if (bad !== undefined)
    throw new RangeError(`toSlope: got (${bad.x}, ${bad.y}), accepted are finite numbers`);
  const blocks = [...Map.groupBy(points, ({ block }) => block).values()].filter(
    (each) => new Set(each.map(({ x }) => x)).size > 1,
  );
  const slopes = blocks.map((each) => linearRegression(each.map(({ x, y }) => [x, y])).m);
  if (slopes.length === 0) return { state: 'none' };
  if (slopes.length < leastBlocks) {
    const [min, max] = [Math.min(...slopes), Math.max(...slopes)];
    return { state: 'range', median: median(slopes), min, max, n: slopes.length };
  }
  const pivot = toMeanPivot(slopes, options);
  return {
    state: 'interval',
    estimate: pivot.estimate,
    ...pivot.interval(confidence),
    confidence,
    n: slopes.length,
    hodgesLehmann: hodgesLehmann(slopes),
    pValues: { one: pivot.pAgainst(1), zero: pivot.pAgainst(0) },
    attenuation: attenuationOf(blocks.map((each) => each.map(({ x }) => x))),
  };
}

function attenuationOf(blocks: readonly (readonly number[])[]): number | null {
  const sizes = new Set(blocks.map(({ length }) => length));
  if (sizes.size !== 1) return null;
  const ascending = blocks.map((xs) => xs.toSorted((a, b) => a - b));
  const byRank = (ascending[0] ?? []).map((_, rank) => ascending.map((xs) => xs[rank] ?? 0));
  const noise = mean(byRank.map((xs) => sampleVariance(xs)));
  return noise / mean(ascending.map((xs) => sampleVariance(xs)));
}
