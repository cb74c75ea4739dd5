/** What was open when a window closed, and what it was to be expected of. */
export type WindowEnd = {
  /** Arrivals of the window, and those of them that had no response at its end. */
  readonly arrivals: number;
  readonly openAtEnd: number;
  readonly ratePerSecond: number;
  /** Mean response time of all arrivals of the window, ms. */
  readonly meanMs: number;
};

/** What may be open beyond the mean, as a share of the arrivals and in requests: a pause that came last, or the edge. */
const slackShare = 0.005;
const slackCount = 2;

/**
 * Whether a rate could be kept up. A short window can pass its limit at a rate that is too much, as the queue has no time to grow
 * beyond it. By Little's law rate × mean response time are open at any moment of a steady queue; of one that grows from nothing twice as
 * many at its end. So what is completed may fall behind what arrives by no more than twice the slack: 1 % of the arrivals.
 */
export function isSustained({ arrivals, openAtEnd, ratePerSecond, meanMs }: WindowEnd): boolean {
  const expected = (ratePerSecond * meanMs) / 1000;
  return openAtEnd <= expected + Math.max(slackCount, slackShare * arrivals);
}
