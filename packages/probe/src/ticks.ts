import { planNextTick } from './schedule.ts';

export type Ticks = {
  /** Ticks that came more than half a period after they were due, and those that did not come at all. */
  late: number;
  missed: number;
};

/**
 * Calls `onTick` at start + k × period, the first time at once, until `wait` says to stop. It holds its thread: the clock
 * and the waiting are the caller's.
 *
 * @param now ms of a clock that does not step
 * @param wait waits so many ms; false when it was told to stop
 */
export function runTicks(
  periodMs: number,
  now: () => number,
  wait: (ms: number) => boolean,
  onTick: (tick: number) => void,
): Ticks {
  const schedule = { startMs: now(), periodMs };
  let late = 0;
  let missed = 0;
  let tick = 0;
  for (;;) {
    const ranAtMs = now();
    onTick(tick);
    const next = planNextTick(schedule, { tick, ranAtMs, nowMs: now() });
    if (next.late) late += 1;
    missed += next.missed;
    if (!wait(next.delayMs)) return { late, missed };
    tick = next.tick;
  }
}
