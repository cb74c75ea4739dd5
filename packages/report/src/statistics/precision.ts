import type { Comparison } from './compareCells.ts';

export type PrecisionGoal = {
  /** The widest half width allowed: 0.03 for ±3 %. */
  readonly share: number;
  readonly budgetSeconds: number;
  /** Since the first block began, and how long another block is expected to take. */
  readonly spentSeconds: number;
  readonly blockSeconds: number;
};

/** Half width of the widest interval, as a share of the ratio; null while a comparison has no interval. */
type Widest = { readonly halfWidth: number | null };

export type PrecisionMove =
  | ({ readonly state: 'another-block' } & Widest)
  | ({ readonly state: 'precise' } & Widest)
  /** `wide` are the comparisons that are not narrow enough, as `head / base`. */
  | ({ readonly state: 'budget-spent'; readonly wide: readonly string[] } & Widest);

/**
 * Whether a run with `--precision` adds a block. It looks at widths alone, never at where an interval lies: a rule that looks
 * at the verdict would be called different far too often. Pass what `compareCells` says with `stopping: 'precision'`.
 * Comparisons that can't have a ratio, since a figure is zero, are not waited for.
 *
 * @throws {RangeError} when the share or a duration is out of range.
 */
export function toPrecisionMove(comparisons: readonly Comparison[], goal: PrecisionGoal): PrecisionMove {
  const { share, budgetSeconds, spentSeconds, blockSeconds } = goal;
  if (!(share > 0)) throw new RangeError(`toPrecisionMove: got a share of ${share}, accepted is above 0`);
  const bad = [budgetSeconds, spentSeconds, blockSeconds].find((seconds) => !(seconds >= 0));
  if (bad !== undefined) throw new RangeError(`toPrecisionMove: got ${bad} s, accepted is 0 or more`);
  const awaited = comparisons.filter(
    ({ verdict }) => !(verdict.state === 'inconclusive' && verdict.cause === 'not-positive'),
  );
  const widths = awaited.map(halfWidthOf);
  const halfWidth = widths.includes(null) ? null : Math.max(0, ...widths.map((width) => width ?? 0));
  if (halfWidth !== null && halfWidth <= share && awaited.length > 0) return { state: 'precise', halfWidth };
  if (spentSeconds + blockSeconds <= budgetSeconds) return { state: 'another-block', halfWidth };
  const wide = awaited
    .filter((_, index) => (widths[index] ?? Number.POSITIVE_INFINITY) > share)
    .map(({ head, base }) => `${head} / ${base}`);
  return { state: 'budget-spent', halfWidth, wide };
}

/** As a share of the ratio: 0.03 for an interval from 1 / 1.03 to 1.03 times the estimate; null under six blocks. */
export function halfWidthOf({ ratio }: Pick<Comparison, 'ratio'>): number | null {
  return ratio.state === 'interval' ? Math.sqrt(ratio.high / ratio.low) - 1 : null;
}
