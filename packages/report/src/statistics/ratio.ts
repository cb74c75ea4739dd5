import { hodgesLehmann, median } from './location.ts';
import { afterStopping, type BootstrapOptions, type Pivot, toDifferencePivot, toMeanPivot } from './pivot.ts';

/** Under six pairs no paired test of signs can reach 5 %: 2 / 2⁵ = 6 %, 2 / 2⁶ = 3 %. Then the range is all that is said. */
export const leastBlocks = 6;

/** A figure of two cells in one block, both above 0 and in the same unit. */
export type BlockPair = { readonly block: number; readonly base: number; readonly head: number };

/** Ratios, head / base. */
export type RatioSummary =
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
      /** Geometric mean. */
      readonly estimate: number;
      readonly low: number;
      readonly high: number;
      /** 0.95 for 95 %. */
      readonly confidence: number;
      /** Blocks; without pairing, those of the side that has fewer. */
      readonly n: number;
      readonly method:
        | 'studentized bootstrap of paired log ratios'
        | 'studentized bootstrap of log means'
        | 'normal approximation of two searches';
      /**
       * A second centre, which one outlier hardly moves; the verdict does not use it. Where it is far from the estimate, few
       * replicates decide.
       */
      readonly hodgesLehmann: number;
    };

/** What was summarized, and on the log scale the pivot it rests on; null where there is no interval. */
export type Ratio = { readonly summary: RatioSummary; readonly pivot: Pivot | null };

export type RatioOptions = BootstrapOptions & {
  readonly confidence?: number;
  /** `precision`: blocks were added until the interval was narrow, which costs confidence ({@link afterStopping}). */
  readonly stopping?: 'fixed' | 'precision';
};

/**
 * Paired by block: the ratio of each block, whatever the machine did then being in both.
 *
 * @throws {RangeError} when a figure is not above 0 and finite, or a block comes twice.
 */
export function toPairedRatio(pairs: readonly BlockPair[], options: RatioOptions = {}): Ratio {
  const blocks = new Set(pairs.map(({ block }) => block));
  if (blocks.size !== pairs.length) throw new RangeError('toPairedRatio: a block comes twice');
  const logs = pairs.map(({ base, head }) => logOf(head) - logOf(base));
  if (logs.length < leastBlocks) return { summary: toRange(logs), pivot: null };
  const pivot = stopped(toMeanPivot(logs, options), options);
  const method = 'studentized bootstrap of paired log ratios';
  const center = hodgesLehmann(logs);
  return { summary: toInterval(pivot, logs.length, center, method, options), pivot };
}

/**
 * Not paired, for cells that did not run side by side: the ratio of the geometric means over blocks. Its interval knows nothing
 * of what differed between the two runs besides the cells.
 *
 * @throws {RangeError} when a figure is not above 0 and finite.
 */
export function toUnpairedRatio(
  base: readonly number[],
  head: readonly number[],
  options: RatioOptions = {},
): Ratio {
  const [baseLogs, headLogs] = [base.map(logOf), head.map(logOf)];
  const differences = headLogs.flatMap((to) => baseLogs.map((from) => to - from));
  const n = Math.min(base.length, head.length);
  if (n < leastBlocks) return { summary: toRange(differences, n), pivot: null };
  const pivot = stopped(toDifferencePivot(baseLogs, headLogs, options), options);
  const method = 'studentized bootstrap of log means';
  return { summary: toInterval(pivot, n, median(differences), method, options), pivot };
}

function stopped(pivot: Pivot, { stopping = 'fixed' }: RatioOptions): Pivot {
  return stopping === 'precision' ? afterStopping(pivot) : pivot;
}

function toRange(logs: readonly number[], n = logs.length): RatioSummary {
  if (logs.length === 0) return { state: 'none' };
  const [min, max] = [Math.exp(Math.min(...logs)), Math.exp(Math.max(...logs))];
  return { state: 'range', median: Math.exp(median(logs)), min, max, n };
}

function toInterval(
  pivot: Pivot,
  n: number,
  center: number,
  method: Extract<RatioSummary, { state: 'interval' }>['method'],
  { confidence = 0.95 }: RatioOptions,
): RatioSummary {
  const { low, high } = pivot.interval(confidence);
  return {
    state: 'interval',
    estimate: Math.exp(pivot.estimate),
    low: Math.exp(low),
    high: Math.exp(high),
    confidence,
    n,
    method,
    hodgesLehmann: Math.exp(center),
  };
}

function logOf(figure: number): number {
  if (!(figure > 0 && Number.isFinite(figure))) {
    throw new RangeError(`ratio: got ${figure}, accepted are finite numbers above 0`);
  }
  return Math.log(figure);
}
