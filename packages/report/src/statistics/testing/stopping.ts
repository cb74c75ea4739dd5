import { mean, sampleVariance } from 'simple-statistics';
import { afterStopping, type Pivot, toMeanPivot } from '../pivot.ts';
import type { Random } from './random.ts';

/** When to stop adding blocks. */
export type Rule = {
  /** False where it is plain without resampling that the rule is not met: to be quick. */
  readonly mayBeMet: (mean: number, standardError: number) => boolean;
  readonly isMet: (pivot: Pivot) => boolean;
};

const goal = Math.log(1.03);

function isWithinGoal(pivot: Pivot): boolean {
  const { low, high } = pivot.interval(0.95);
  return (high - low) / 2 <= goal;
}

/** The interval is within ±3 %: the plain one, and the one that allows for stopping. */
export const narrow: Rule = {
  mayBeMet: (_, standardError) => 1.9 * standardError <= goal,
  isMet: isWithinGoal,
};
export const narrowWithAllowance: Rule = {
  mayBeMet: (_, standardError) => 2.2 * standardError <= goal,
  isMet: (pivot) => isWithinGoal(afterStopping(pivot)),
};

/** There is a difference: what a run must not stop at. */
export const significant: Rule = {
  mayBeMet: (center, standardError) => Math.abs(center) >= 1.9 * standardError,
  isMet: (pivot) => pivot.pAgainst(0) <= 0.05,
};

const mostBlocks = 60;

/**
 * Of equal pairs whose processes spread by `spread`, the shares that are called different when blocks are added until the rule is
 * met or there are 60: by the plain p-value, and by the one that allows for stopping.
 */
export function calledDifferent(runs: number, spread: number, { mayBeMet, isMet }: Rule, random: Random) {
  let [plain, allowedFor, blocks] = [0, 0, 0];
  for (let run = 0; run < runs; run += 1) {
    const logs: number[] = [];
    let pivot: Pivot | null = null;
    while (pivot === null) {
      logs.push(spread * (random.normal() - random.normal()));
      const isLast = logs.length === mostBlocks;
      if (logs.length < 6) continue;
      if (!isLast && !mayBeMet(mean(logs), Math.sqrt(sampleVariance(logs) / logs.length))) continue;
      const now = toMeanPivot(logs, { resamples: 999 });
      if (isLast || isMet(now)) pivot = now;
    }
    if (pivot.pAgainst(0) <= 0.05) plain += 1;
    if (afterStopping(pivot).pAgainst(0) <= 0.05) allowedFor += 1;
    blocks += logs.length;
  }
  return { plain: plain / runs, allowedFor: allowedFor / runs, meanBlocks: blocks / runs };
}
