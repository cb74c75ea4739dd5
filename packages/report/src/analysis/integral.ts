/** A value seen at one moment. `atMs` never goes back within an array of samples. */
export type TimedValue = { readonly atMs: number; readonly value: number };

/**
 * The value at a moment: between two samples on the line that joins them, outside them the nearest one.
 * Null without a sample.
 */
export function valueAt(samples: readonly TimedValue[], atMs: number): number | null {
  let before: TimedValue | undefined;
  for (const sample of samples) {
    if (sample.atMs > atMs) {
      if (before === undefined) return sample.value;
      const share = (atMs - before.atMs) / (sample.atMs - before.atMs);
      return before.value + share * (sample.value - before.value);
    }
    before = sample;
  }
  return before?.value ?? null;
}

/**
 * Integral of a sampled step function from `fromMs` to `toMs`, in value × seconds; null without a sample.
 *
 * Of the number of requests in a stage, from a moment when the stage is empty to another when it is empty again, this
 * integral is the sum of the times the requests spent there: every request adds one to the occupancy for as long as it
 * stays. That is Little's law in its exact form (Little 1961, "A proof for the queuing formula L = λW"; on a sample
 * path, with nothing assumed of arrivals or service, Stidham 1974, "A last word on L = λW"). So it holds in overload too,
 * where nothing is stationary.
 *
 * The rule is the trapezoid. Occupancy is a step function, and holding each sample until the next would follow a step, but
 * the steps fall between the samples, at moments nobody saw: a sample taken at a random moment inside a step says as
 * much of the time before it as of the time after it. Holding is then late by half a period, which is a bias on a queue that
 * grows or drains throughout a window, as it does in overload; the trapezoid has none. From empty to empty at an even
 * period the two rules agree. A step of one inside a gap of h seconds is misplaced by h / 2 at most.
 */
export function integrate(samples: readonly TimedValue[], fromMs: number, toMs: number): number | null {
  const start = valueAt(samples, fromMs);
  const end = valueAt(samples, toMs);
  if (start === null || end === null) return null;
  let sum = 0;
  let previous: TimedValue = { atMs: fromMs, value: start };
  for (const sample of samples) {
    if (sample.atMs <= fromMs || sample.atMs > toMs) continue;
    sum += trapezoid(previous, sample);
    previous = sample;
  }
  return (sum + trapezoid(previous, { atMs: toMs, value: end })) / 1000;
}

/** Time-weighted mean from `fromMs` to `toMs`, in the samples' own unit; null without a sample or without a span. */
export function timeWeightedMean(
  samples: readonly TimedValue[],
  fromMs: number,
  toMs: number,
): number | null {
  if (toMs <= fromMs) return null;
  const integral = integrate(samples, fromMs, toMs);
  return integral === null ? null : integral / ((toMs - fromMs) / 1000);
}

function trapezoid(a: TimedValue, b: TimedValue): number {
  return ((a.value + b.value) / 2) * (b.atMs - a.atMs);
}
