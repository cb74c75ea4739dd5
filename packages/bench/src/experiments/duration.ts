import type { Cell } from '@acceptbench/results/cell';

/**
 * Seconds between warm-up and measured window, in which the server empties. k6 takes the last half second of it to wake its
 * virtual users, and cuts off what is still open then.
 */
export const gapSeconds = 0.75;

/** What a replicate costs beside its load: start, verify, k6's own start, drain, stop. Only the progress rests on it. */
const overheadSeconds = 1.9;

/** About how long a replicate takes, in seconds: what overload has left in the queue is drained at the ceiling's rate. */
export function expectedSeconds({ load }: Cell): number {
  const beyond = load.kind === 'constant-arrival-rate' ? Math.max(0, (load.ofCeiling ?? 1) - 1) : 0;
  return (
    overheadSeconds + load.warmupSeconds + gapSeconds + load.durationSeconds + beyond * load.durationSeconds
  );
}
