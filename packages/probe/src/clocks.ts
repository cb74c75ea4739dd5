/**
 * How far one clock is ahead of another, in ms. They can't be read at once, and the first readings take as long as it takes to compile
 * them (0.6 ms were seen); so the second is read between two readings of the first, many times, and the closest pair counts.
 */
export function clockDifference(first: () => number, second: () => number): number {
  let closestMs = Number.POSITIVE_INFINITY;
  let difference = 0;
  for (let reading = 0; reading < READINGS; reading++) {
    const beforeMs = first();
    const secondMs = second();
    const afterMs = first();
    if (afterMs - beforeMs >= closestMs) continue;
    closestMs = afterMs - beforeMs;
    difference = (beforeMs + afterMs) / 2 - secondMs;
  }
  return difference;
}

const READINGS = 50;

/** The system's monotonic clock, the same for all threads, in ms. */
export const systemClockMs = (): number => Number(process.hrtime.bigint()) / 1e6;
