/** A sample in five numbers, in the unit of its values. */
export interface Summary {
  readonly n: number;
  readonly median: number;
  readonly p99: number;
  readonly lowest: number;
  readonly highest: number;
}

/**
 * The quantile of a sample by linear interpolation between order statistics: type 7 of Hyndman and Fan, "Sample
 * quantiles in statistical packages", The American Statistician 50 (1996), which R and NumPy have as their default.
 *
 * @param q from 0 to 1.
 * @throws {RangeError} when the sample is empty, holds something that is no finite number, or q is out of range.
 */
export function quantile(values: readonly number[], q: number): number {
  if (!(q >= 0 && q <= 1)) throw new RangeError(`quantile: got q = ${q}, accepted is 0 to 1`);
  const bad = values.find((value) => !Number.isFinite(value));
  if (bad !== undefined)
    throw new RangeError(`quantile: got ${bad} among the values, accepted are finite numbers`);
  const sorted = values.toSorted((a, b) => a - b);
  const position = (sorted.length - 1) * q;
  const below = sorted[Math.floor(position)];
  const above = sorted[Math.ceil(position)];
  if (below === undefined || above === undefined) {
    throw new RangeError('quantile: got no values, accepted is at least one');
  }
  return below + (above - below) * (position - Math.floor(position));
}

/** The middle value, or the mean of the two in the middle. @throws {RangeError} as {@link quantile}. */
export function median(values: readonly number[]): number {
  return quantile(values, 0.5);
}

/** @throws {RangeError} as {@link quantile}. */
export function summarise(values: readonly number[]): Summary {
  return {
    n: values.length,
    median: median(values),
    p99: quantile(values, 0.99),
    lowest: quantile(values, 0),
    highest: quantile(values, 1),
  };
}
