import { type CapacityBelief, type SearchStep, toBelief } from './capacityBelief.ts';

export type SearchOptions = {
  /** Where to begin, such as 0.9 of the ceiling. */
  readonly guessPerSecond: number;
  /** The search does not leave these; by default an eighth of the guess, and eight times it. */
  readonly lowestPerSecond?: number;
  readonly highestPerSecond?: number;
  /** Steps at most, repeats included. */
  readonly maxSteps?: number;
};

export type SearchMove =
  | {
      readonly state: 'step';
      readonly ratePerSecond: number;
      readonly purpose: 'bracket' | 'bisect' | 'repeat' | 'above';
    }
  | {
      readonly state: 'found';
      /** The rate that as many fresh processes pass as fail, as the steps have it. */
      readonly capacityPerSecond: number;
      /** The 95 % credible interval. */
      readonly lowPerSecond: number;
      readonly highPerSecond: number;
      /** Steps taken. */
      readonly n: number;
      /** The highest rate of which most steps passed, and what is known of the rate 5 % above it; null when there is none. */
      readonly passing: RateRecord | null;
      readonly above: RateRecord | null;
      /** True when repeats passed there and failed 5 % above; false when the steps ran out before. */
      readonly isConfirmed: boolean;
    }
  | { readonly state: 'never-passes'; readonly lowestPerSecond: number; readonly n: number }
  | { readonly state: 'never-fails'; readonly highestPerSecond: number; readonly n: number };

export type RateRecord = { readonly ratePerSecond: number; readonly passed: number; readonly failed: number };

const defaultMaxSteps = 14;
const defaultRange = 8;
/** The bracket's first step; each further one in the same direction is twice as far on the log scale. */
const firstBracket = 1.1;
/** Bisection ends when the interval of 80 % is this narrow, or the two sides of the bracket are. */
const resolution = 1.03;
/** It is over when repeats confirm it and the interval of 95 % spans no more than this. */
const certainty = 1.08;
const aboveFactor = 1.05;
/** A rate is confirmed to pass, or to fail, when it did so this often more than the opposite. */
const lead = 2;

/**
 * The next step of a search for the highest rate that meets an objective, from the steps so far; all state is in the history,
 * so a search can be resumed from what is stored, and a second objective can start from the steps of the first. First a geometric bracket; then the median of what is believed of the
 * capacity, which is bisection as long as no step contradicts another; then repeats at the highest rate that passed, and
 * 5 % above it. A step may be wrong: it is outvoted.
 *
 * @throws {RangeError} when a rate is not above 0, or the guess is out of range.
 */
export function nextStep(history: readonly SearchStep[], options: SearchOptions): SearchMove {
  const { guess, lowest, highest, maxSteps } = resolve(options);
  const n = history.length;
  const record = (rate: number) => recordOf(history, rate);
  const atLowest = record(lowest);
  const atHighest = record(highest);
  if (atLowest.failed - atLowest.passed >= lead) {
    return { state: 'never-passes', lowestPerSecond: lowest, n };
  }
  if (atHighest.passed - atHighest.failed >= lead) {
    return { state: 'never-fails', highestPerSecond: highest, n };
  }
  const hasBoth = history.some(({ passed }) => passed) && history.some(({ passed }) => !passed);
  if (!hasBoth && n < maxSteps) {
    return { state: 'step', ratePerSecond: bracketRate(history, guess, lowest, highest), purpose: 'bracket' };
  }
  const belief = toBelief(history, guess, lowest, highest);
  const passing = highestPassing(history, belief);
  const above = passing === null ? null : record(toRate(passing.ratePerSecond * aboveFactor));
  const isConfirmed =
    passing !== null &&
    above !== null &&
    passing.passed - passing.failed >= lead &&
    above.failed - above.passed >= lead;
  if (n >= maxSteps || (isConfirmed && isCertain(belief))) {
    return {
      state: 'found',
      capacityPerSecond: belief.median,
      lowPerSecond: belief.quantile(0.025),
      highPerSecond: belief.quantile(0.975),
      n,
      passing,
      above,
      isConfirmed,
    };
  }
  if (passing === null || above === null || !isNarrow(history, belief)) {
    return { state: 'step', ratePerSecond: toRate(belief.median), purpose: 'bisect' };
  }
  return passing.passed - passing.failed <= above.failed - above.passed
    ? { state: 'step', ratePerSecond: passing.ratePerSecond, purpose: 'repeat' }
    : { state: 'step', ratePerSecond: above.ratePerSecond, purpose: 'above' };
}

function resolve(options: SearchOptions) {
  const { guessPerSecond, maxSteps = defaultMaxSteps } = options;
  const guess = toRate(guessPerSecond);
  const lowest = toRate(options.lowestPerSecond ?? guess / defaultRange);
  const highest = toRate(options.highestPerSecond ?? guess * defaultRange);
  if (
    !(
      guessPerSecond > 0 &&
      lowest > 0 &&
      lowest <= guess &&
      guess <= highest &&
      lowest < highest &&
      Number.isFinite(highest)
    )
  ) {
    throw new RangeError(
      `nextStep: got a guess of ${guessPerSecond}/s between ${lowest} and ${highest}/s, accepted is lowest ≤ guess ≤ highest, above 0`,
    );
  }
  return { guess, lowest, highest, maxSteps };
}

function bracketRate(history: readonly SearchStep[], guess: number, lowest: number, highest: number): number {
  const last = history.at(-1);
  if (last === undefined) return guess;
  const factor = firstBracket ** (2 ** (history.length - 1));
  const rate = last.passed ? last.ratePerSecond * factor : last.ratePerSecond / factor;
  return Math.min(highest, Math.max(lowest, toRate(rate)));
}

/** The highest rate of which most steps passed, and which the belief holds to be within the capacity. */
function highestPassing(history: readonly SearchStep[], belief: CapacityBelief): RateRecord | null {
  const limit = belief.median * 1.005;
  const records = [...new Set(history.map(({ ratePerSecond }) => ratePerSecond))]
    .filter((rate) => rate <= limit)
    .map((rate) => recordOf(history, rate))
    .filter(({ passed, failed }) => passed > failed);
  return records.reduce<RateRecord | null>(
    (best, each) => (best === null || each.ratePerSecond > best.ratePerSecond ? each : best),
    null,
  );
}

function isCertain({ quantile }: CapacityBelief): boolean {
  return quantile(0.975) / quantile(0.025) <= certainty;
}

function isNarrow(history: readonly SearchStep[], belief: CapacityBelief): boolean {
  if (belief.quantile(0.9) / belief.quantile(0.1) <= resolution) return true;
  const passing = highestPassing(history, belief);
  if (passing === null) return false;
  const failing = history.filter(
    ({ ratePerSecond, passed }) => !passed && ratePerSecond > passing.ratePerSecond,
  );
  const nearest = Math.min(...failing.map(({ ratePerSecond }) => ratePerSecond));
  return nearest / passing.ratePerSecond <= resolution;
}

function recordOf(history: readonly SearchStep[], ratePerSecond: number): RateRecord {
  const there = history.filter((step) => step.ratePerSecond === ratePerSecond);
  const passed = there.filter((step) => step.passed).length;
  return { ratePerSecond, passed, failed: there.length - passed };
}

/** Rates in thousandths, so that a stored one is found again. */
function toRate(ratePerSecond: number): number {
  return Math.max(0.001, Math.round(ratePerSecond * 1000) / 1000);
}
