import type { Cell } from '@acceptbench/results/cell';

/**
 * Seconds between warm-up and measured window, in which the server empties. k6 takes the last half second of it to wake its
 * virtual users, and cuts off what is still open then.
 */
export const gapSeconds = 0.75;

/** What a replicate costs beside its load: start, verify, k6's own start, drain, stop. Only the progress rests on it. */
const overheadSeconds = 1.9;

/** Opening silent connections, and the second in which a deferring listener lets none of them in. */
const silentSeconds = 1.3;

/** Rate at which a burst is taken to be answered: its work is a ms or so, and those who come again leave gaps. */
const burstPerSecond = 600;

/** About how long a replicate takes, in seconds. */
export function expectedSeconds(cell: Cell): number {
  const { warmupSeconds } = cell.load;
  return overheadSeconds + warmupSeconds + gapSeconds + loadSeconds(cell);
}

/** The window, and until all is answered: what overload has left in the queue is drained at the ceiling's rate. */
function loadSeconds(cell: Cell): number {
  const { load, queueLimit } = cell;
  const { durationSeconds } = load;
  switch (load.kind) {
    case 'burst':
      return Math.max(durationSeconds, load.connections / burstPerSecond);
    case 'closed-loop':
      return durationSeconds;
    case 'constant-arrival-rate': {
      const beyond = queueLimit === undefined ? Math.max(0, (load.ofCeiling ?? 1) - 1) : 0;
      const drained = durationSeconds * (1 + beyond) + resendSeconds(cell);
      return drained + (load.silentConnections === undefined ? 0 : silentSeconds);
    }
  }
}

/** Whom a short queue has kept out comes again at growing distances: the more of them for each place, the longer, until they give up. */
function resendSeconds({ load, backlog }: Cell): number {
  if (load.kind !== 'constant-arrival-rate' || backlog === undefined) return 0;
  const kept = load.ratePerSecond * load.durationSeconds * (1 - 1 / (load.ofCeiling ?? 1)) - backlog;
  return kept <= 0 ? 0 : Math.min(28, 5 + 3 * Math.log2(Math.max(1, kept / backlog)));
}
