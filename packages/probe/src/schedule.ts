/**
 * When a tick is due, in ms after the schedule's start: somewhere within the first three quarters of its own period. What is sampled
 * often has a period as well: arrivals at 175 a second come every 5.71 ms, seven of them in 40 ms. In step with them each sample
 * would fall on the same part of a step, and be off by the same part of a connection, half of one at worst, however many samples
 * there are. So each tick has another place within its period: the fractional part of tick² × the golden section. Such places fill
 * it evenly (Weyl 1916, "Über die Gleichverteilung von Zahlen mod. Eins"), and as they do not move on by a constant no rate is in
 * step with them.
 */
export function dueMs(tick: number, periodMs: number): number {
  return (tick + SPREAD * ((tick * tick * GOLDEN) % 1)) * periodMs;
}

const GOLDEN = (Math.sqrt(5) - 1) / 2;
/** The rest of a period lies between any two ticks, so that one which takes a while does not miss the next. */
const SPREAD = 0.75;

/** The next tick of a schedule that does not drift, and what was lost on the way to it. */
export type NextTick = {
  /** Number of the next tick: `dueMs` says when it is due. */
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
  const late = run.ranAtMs - (startMs + dueMs(run.tick, periodMs)) > periodMs / 2;
  const gone = run.nowMs - startMs;
  // Before this one every tick is overdue.
  let next = Math.max(run.tick + 1, Math.floor(gone / periodMs) - 1);
  while (dueMs(next, periodMs) < gone) next++;
  return {
    tick: next,
    delayMs: startMs + dueMs(next, periodMs) - run.nowMs,
    late,
    missed: next - run.tick - 1,
  };
}
