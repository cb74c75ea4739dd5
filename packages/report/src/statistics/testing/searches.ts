import type { SearchStep } from '../capacityBelief.ts';
import { nextStep, type SearchMove, type SearchOptions } from '../capacitySearch.ts';
import { isSustained } from '../sustained.ts';
import { simulateWindow } from './queue.ts';
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

/** 4 ms of work at one server: it takes 250 a second for as long as you like, and not one more. */
export const serviceMs = 4;
export const knownCapacity = 1000 / serviceMs;

/** Whether a window of constant arrivals meets p99 ≤ 50 ms and leaves no queue that grows. */
export function passes(ratePerSecond: number, windowSeconds: number, ofProcessMs: number, random: Random) {
  const window = simulateWindow(
    { ratePerSecond, windowSeconds, arrivals: 'constant', serviceMs: ofProcessMs },
    random,
  );
  return window.p99Ms <= 50 && isSustained(window);
}

export type Campaign = {
  readonly searches: number;
  /** Length of each step's window: the short form of `capacity` has 2.4, the full one 10. */
  readonly windowSeconds: number;
  /** Standard deviation of the work of a fresh process, on the log scale; each step is one. */
  readonly spread: number;
  /** The share of steps that fail whatever the rate. */
  readonly disturbed: number;
};

/** Searches from 0.9 of the ceiling: how many end within 3 % of the capacity, have it in their interval, and after how many steps. */
export function campaign({ searches, windowSeconds, spread, disturbed }: Campaign, random: Random) {
  const step = (ratePerSecond: number) =>
    random.uniform() >= disturbed &&
    passes(ratePerSecond, windowSeconds, serviceMs * Math.exp(spread * random.normal()), random);
  const ends = Array.from({ length: searches }, () => search(step, { guessPerSecond: 225 }).end);
  const found = ends.filter((end) => end.state === 'found');
  const share = (of: (end: (typeof found)[number]) => boolean) => found.filter(of).length / searches;
  const ratios = found.map((end) => end.capacityPerSecond / knownCapacity).sort((a, b) => a - b);
  return {
    /** The middle of what was found, of the capacity: 1 where the search leans to neither side. */
    median: ratios[Math.floor(ratios.length / 2)] ?? Number.NaN,
    within: share((end) => Math.abs(end.capacityPerSecond / knownCapacity - 1) <= 0.03),
    covered: share((end) => end.lowPerSecond <= knownCapacity && knownCapacity <= end.highPerSecond),
    confirmed: share((end) => end.isConfirmed),
    steps: Math.max(...ends.map(({ n }) => n)),
    meanSteps: ends.reduce((sum, { n }) => sum + n, 0) / searches,
  };
}
