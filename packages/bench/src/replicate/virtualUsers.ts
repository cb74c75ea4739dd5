import type { ArrivalLoad, Cell } from '@acceptbench/results/cell';

/** How long a server without work may be held up, in seconds, before arrivals are dropped: hardly any request is in flight at once. */
const pauseSeconds = 0.2;

/**
 * Virtual users: requests in flight at most, each costing k6 about a millisecond at its start. As many as gather when the
 * server completes but half of what the ceiling promises; an arrival beyond that is dropped, counted, and shown.
 */
export function virtualUsers(load: ArrivalLoad, { policy, work }: Pick<Cell, 'policy' | 'work'>): number {
  const ceiling = load.ratePerSecond / (load.ofCeiling ?? 1);
  const gathering =
    work.kind === 'none'
      ? load.ratePerSecond * pauseSeconds
      : Math.max(0, load.ratePerSecond - ceiling / 2) * load.durationSeconds;
  return Math.min(policy === 'close' ? 4000 : 256, Math.ceil(gathering) + 50);
}
