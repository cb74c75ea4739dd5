import { isSpoilt } from '@acceptbench/report/machineCause';
import type { Replicate } from '@acceptbench/results/replicate';

/** When a replicate gets another attempt. */
export interface Tries {
  /** How often one that the machine spoilt is run again, at most. */
  readonly retries: number;
  /** One that failed gets another attempt up to this place in the run: the last before the run was taken up again. */
  readonly redoUpTo: number;
}

/** @param attempts at one replicate so far, oldest first */
export function wantsAnother(attempts: readonly Replicate[], { retries, redoUpTo }: Tries): boolean {
  const last = attempts.at(-1);
  if (last === undefined) return false;
  if (isSpoilt(last)) return attempts.filter(isSpoilt).length <= retries;
  return last.outcome === 'failed' && last.order <= redoUpTo;
}
