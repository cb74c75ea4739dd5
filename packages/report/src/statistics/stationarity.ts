import { type RatioOptions, type RatioSummary, toPairedRatio } from './ratio.ts';
import { adjustPValues, judge, type PValues, toPValues } from './verdict.ts';

/** A figure of a replicate in the first and in the last third of its window, each above 0. */
export type Thirds = { readonly block: number; readonly first: number; readonly last: number };

export type Stationarity = {
  /** last / first. */
  readonly ratio: RatioSummary;
  /** By itself, and after Holm's adjustment over the cells. */
  readonly pValues: PValues | null;
  readonly adjusted: PValues | null;
  /**
   * `drifts`: the last third differs from the first, and not by less than the margin only. `stationary`: it differs by less than
   * the margin. `unknown`: neither is shown.
   */
  readonly state: 'drifts' | 'stationary' | 'unknown';
};

/**
 * Whether the first and the last third of the window agree, cell by cell. One replicate can't tell: its requests wait behind each
 * other, so they are no sample. Its blocks can, each a process of its own; the test is the paired one of `toPairedRatio`, and
 * the chance that any cell that does not drift is said to is at most 5 %.
 *
 * @throws {RangeError} as `toPairedRatio`.
 */
export function toStationarity(
  cells: readonly (readonly Thirds[])[],
  { margin = 0.03, confidence = 0.95, ...options }: RatioOptions & { readonly margin?: number } = {},
): Stationarity[] {
  const ratios = cells.map((thirds) =>
    toPairedRatio(
      thirds.map(({ block, first, last }) => ({ block, base: first, head: last })),
      { ...options, confidence },
    ),
  );
  const pValues = ratios.map((ratio) => toPValues(ratio, margin));
  return adjustPValues(pValues).map((adjusted, index) => {
    const own = pValues[index] ?? null;
    const shared = { ratio: ratios[index]?.summary ?? { state: 'none' }, pValues: own, adjusted } as const;
    if (own === null || adjusted === null) return { ...shared, state: 'unknown' };
    return { ...shared, state: states[judge(own, adjusted, confidence)] };
  });
}

const states = { within: 'stationary', differs: 'drifts', neither: 'unknown' } as const;
