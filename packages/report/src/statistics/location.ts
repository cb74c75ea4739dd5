/**
 * The quantile of a sample by linear interpolation between order statistics: type 7 of R. J. Hyndman and Y. Fan, "Sample
 * quantiles in statistical packages", The American Statistician 50 (1996) 361–365; what R and NumPy do by default.
 *
 * @param q from 0 to 1.
 * @throws {RangeError} when the sample is empty, holds something that is no finite number, or q is out of range.
 */
export function quantile(values: readonly number[], q: number): number {
  if (!(q >= 0 && q <= 1)) throw new RangeError(`quantile: got q = ${q}, accepted is 0 to 1`);
  const bad = values.find((value) => !Number.isFinite(value));
  if (bad !== undefined) throw new RangeError(`quantile: got ${bad}, accepted are finite numbers`);
  const sorted = values.toSorted((a, b) => a - b);
  const position = (sorted.length - 1) * q;
  const [below, above] = [sorted[Math.floor(position)], sorted[Math.ceil(position)]];
  if (below === undefined || above === undefined) {
    throw new RangeError('quantile: got no values, accepted is at least one');
  }
  return below + (above - below) * (position - Math.floor(position));
}

/** The middle value, or the mean of the two in the middle. @throws {RangeError} as {@link quantile}. */
export function median(values: readonly number[]): number {
  return quantile(values, 0.5);
}

/**
 * The median of the means of all pairs of values, each with itself too (J. L. Hodges and E. L. Lehmann, "Estimates of location
 * based on rank tests", Ann. Math. Statist. 34 (1963) 598–611). Up to 29 % of the values may be anything without it following them.
 */
export function hodgesLehmann(values: readonly number[]): number {
  return median(values.flatMap((one, index) => values.slice(index).map((other) => (one + other) / 2)));
}
