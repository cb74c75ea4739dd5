/** The next tick of a schedule that does not drift, and what was lost on the way to it. */
export type NextTick = {
  /** Number of the next tick: it is due at start + tick × period. */
  tick: number;
  /** ms until it is due. */
  delayMs: number;
  /** The tick that just ran came more than half a period after it was due. */
  late: boolean;
  /** Ticks that came due while nothing ran, and are left out. */
  missed: number;
};

/**
 * Plans the tick after `tick`, which began to run at `ranAtMs`; it is `nowMs` now. All times are ms of one clock.
 * A tick that is overdue by then is missed, never run late to catch up.
 */
export function planNextTick(
  schedule: { startMs: number; periodMs: number },
  run: { tick: number; ranAtMs: number; nowMs: number },
): NextTick {
  const { startMs, periodMs } = schedule;
  const late = run.ranAtMs - (startMs + run.tick * periodMs) > periodMs / 2;
  const due = Math.max(run.tick + 1, Math.ceil((run.nowMs - startMs) / periodMs));
  return {
    tick: due,
    delayMs: Math.max(0, startMs + due * periodMs - run.nowMs),
    late,
    missed: due - run.tick - 1,
  };
}
