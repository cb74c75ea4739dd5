import type { ArrivalLoad, Cell } from '@acceptbench/results/cell';

/** How long a server without work may be held up, in seconds, before arrivals are dropped: hardly any request is in flight at once. */
const pauseSeconds = 0.2;

/**
 * Virtual users: requests in flight at most, each costing k6 about a millisecond at its start. As many as gather when the
 * server completes but half of what the ceiling promises; an arrival beyond that is dropped, counted, and shown.
 *
 * @param runners how many k6 share them
 */
export function virtualUsers(
  load: ArrivalLoad,
  cell: Pick<Cell, 'policy' | 'work' | 'backlog'>,
  runners = 1,
): number {
  const limit = runners * (cell.policy === 'close' ? 4000 : 256);
  return Math.min(limit, Math.ceil(gathering(load, cell)) + 50);
}

function gathering(load: ArrivalLoad, { work, backlog }: Pick<Cell, 'work' | 'backlog'>): number {
  const { ratePerSecond, ofCeiling = 1, durationSeconds } = load;
  if (work.kind === 'none') return ratePerSecond * pauseSeconds;
  // Whom a short queue keeps out is still there while the server stands idle.
  if (backlog !== undefined) return ratePerSecond * durationSeconds;
  const ceiling = ratePerSecond / ofCeiling;
  return Math.max(0, ratePerSecond - ceiling / 2) * durationSeconds;
}
