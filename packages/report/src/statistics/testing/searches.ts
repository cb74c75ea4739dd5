import type { SearchStep } from '../capacityBelief.ts';
import { nextStep, type SearchMove, type SearchOptions } from '../capacitySearch.ts';
import { constantCapacity, simulateP99 } from './queue.ts';
import type { Random } from './random.ts';

/** Runs a search to its end. @throws {RangeError} when it takes more steps than it may. */
export function search(passes: (rate: number) => boolean, options: SearchOptions) {
  const history: SearchStep[] = [];
  let move: SearchMove = nextStep(history, options);
  while (move.state === 'step') {
    if (history.length >= (options.maxSteps ?? 14))
      throw new RangeError(`search: step ${history.length + 1}`);
    history.push({ ratePerSecond: move.ratePerSecond, passed: passes(move.ratePerSecond) });
    move = nextStep(history, options);
  }
  return { end: move, history };
}

/** p99 at most 50 ms, windows of 10 s, constant arrivals, 4 ms of work. */
export const limitMs = 50;
export const queue = { windowSeconds: 10, arrivals: 'constant' } as const;
export const knownCapacity = constantCapacity(4, queue.windowSeconds, limitMs);

export type Campaign = {
  readonly searches: number;
  /** Standard deviation of the work of a fresh process, on the log scale; each step is one. */
  readonly spread: number;
  /** The share of steps that fail whatever the rate. */
  readonly disturbed: number;
};

/** Searches from 0.9 of the ceiling: how many end within 3 % of the capacity, have it in their interval, and after how many steps. */
export function campaign({ searches, spread, disturbed }: Campaign, random: Random) {
  const passes = (ratePerSecond: number) => {
    if (random.uniform() < disturbed) return false;
    const serviceMs = 4 * Math.exp(spread * random.normal());
    return simulateP99({ ...queue, ratePerSecond, serviceMs }, random) <= limitMs;
  };
  const ends = Array.from({ length: searches }, () => search(passes, { guessPerSecond: 225 }).end);
  const found = ends.filter((end) => end.state === 'found');
  const share = (of: (end: (typeof found)[number]) => boolean) => found.filter(of).length / searches;
  return {
    within: share((end) => Math.abs(end.capacityPerSecond / knownCapacity - 1) <= 0.03),
    covered: share((end) => end.lowPerSecond <= knownCapacity && knownCapacity <= end.highPerSecond),
    confirmed: share((end) => end.isConfirmed),
    steps: Math.max(...ends.map(({ n }) => n)),
    meanSteps: ends.reduce((sum, { n }) => sum + n, 0) / searches,
  };
}
