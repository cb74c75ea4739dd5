import type { Replicate } from '@acceptbench/results/replicate';
import { expectedSeconds } from '../experiments/duration.ts';
import type { PlannedReplicate } from '../plan.ts';

/** A replicate before its place in the run is known. */
export type Step = Omit<PlannedReplicate, 'order'>;

/** What is still to come. */
export interface Left {
  readonly replicates: number;
  readonly seconds: number;
  /** True where it may be less, as what comes out decides. */
  readonly atMost: boolean;
}

/**
 * What runs next, given every replicate so far. A pure function of these: a run that was killed goes on where it was, as
 * soon as they are read again. Clocks play no part; where time counts, it is what the replicates themselves took.
 */
export interface Schedule {
  /** @returns null when there is no more to run */
  next(done: readonly Replicate[]): Step | null;
  left(done: readonly Replicate[]): Left;
}

/** How much longer replicates take than expected: 1 until the first has ended. */
export function paceOf(done: readonly Replicate[]): number {
  const ran = done.filter(({ outcome }) => outcome === 'valid' || outcome === 'invalid');
  const expected = ran.reduce((sum, { cell }) => sum + expectedSeconds(cell), 0);
  return expected === 0 ? 1 : spentSeconds(ran) / expected;
}

/** What replicates took, in seconds. */
export function spentSeconds(done: readonly Replicate[]): number {
  return done.reduce((sum, { wallSeconds }) => sum + wallSeconds, 0);
}
