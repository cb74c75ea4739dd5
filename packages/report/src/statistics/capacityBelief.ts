/** One replicate of a search: a fresh process at a fixed rate, and whether it met the objective. */
export type SearchStep = { readonly ratePerSecond: number; readonly passed: boolean };

/** What steps say of the capacity: a distribution over rates per second. */
export type CapacityBelief = {
  readonly median: number;
  /** @param q from 0 to 1. */
  readonly quantile: (q: number) => number;
};

/** Distance of the grid's points on the scale of ln rate: 0.4 %, between which quantiles are interpolated. */
const gridStep = 0.004;
/**
 * How gradually the chance of passing falls with ln rate: from a step's edge to processes that differ by 5 %. Which it is shows
 * in the steps, so all are believed in at first.
 */
const widths = [0.002, 0.01, 0.02, 0.04];
/** The chance that a step says the opposite whatever the rate: it was disturbed. */
const lapse = 0.02;
/** Scale of the prior around the guess, on the scale of ln rate: a Cauchy distribution, whose tails let a bad guess go. */
const priorScale = 0.1;

/**
 * Bayes' rule over a grid of capacities: passing at rate r has the chance lapse + (1 − 2 lapse) / (1 + (r / capacity)^(1 / width)).
 * After A. B. Watson and D. G. Pelli, "QUEST: a Bayesian adaptive psychometric method", Perception & Psychophysics 33 (1983)
 * 113–120, with the width unknown; asking at the median is the probabilistic bisection of M. Horstein, "Sequential transmission
 * using noiseless feedback", IEEE Trans. Inf. Theory 9 (1963) 136–143.
 */
export function toBelief(
  history: readonly SearchStep[],
  guessPerSecond: number,
  lowestPerSecond: number,
  highestPerSecond: number,
): CapacityBelief {
  const [low, high, guess] = [lowestPerSecond, highestPerSecond, guessPerSecond].map(Math.log) as [
    number,
    number,
    number,
  ];
  const points = Math.max(2, Math.ceil((high - low) / gridStep) + 1);
  const step = (high - low) / (points - 1);
  const steps = history.map(({ ratePerSecond, passed }) => ({ rate: Math.log(ratePerSecond), passed }));
  const weights = new Float64Array(points);
  for (let index = 0; index < points; index += 1) {
    const capacity = low + index * step;
    let likelihood = 0;
    for (const width of widths) {
      let product = 1;
      for (const { rate, passed } of steps) {
        const passes = lapse + (1 - 2 * lapse) / (1 + Math.exp((rate - capacity) / width));
        product *= passed ? passes : 1 - passes;
      }
      likelihood += product;
    }
    weights[index] = likelihood / (1 + ((capacity - guess) / priorScale) ** 2);
  }
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  const quantile = (q: number) => {
    let left = q * total;
    for (const [index, weight] of weights.entries()) {
      if (left <= weight) return Math.exp(low + (index + (weight === 0 ? 0 : left / weight) - 0.5) * step);
      left -= weight;
    }
    return highestPerSecond;
  };
  return { median: quantile(0.5), quantile };
}
