/**
 * Holm's adjusted p-values (S. Holm, "A simple sequentially rejective multiple test procedure", Scand. J. Statist. 6 (1979)
 * 65–70): those at most α are rejected, and the chance of one false rejection in the whole family is at most α, however the
 * tests depend on each other. In the order they came in.
 *
 * @throws {RangeError} when one is not from 0 to 1.
 */
export function holm(pValues: readonly number[]): number[] {
  const bad = pValues.find((p) => !(p >= 0 && p <= 1));
  if (bad !== undefined) throw new RangeError(`holm: got a p-value of ${bad}, accepted is 0 to 1`);
  const adjusted = pValues.map(() => 0);
  let largest = 0;
  const ascending = pValues.map((p, index) => ({ p, index })).toSorted((a, b) => a.p - b.p);
  for (const [rank, { p, index }] of ascending.entries()) {
    largest = Math.max(largest, Math.min(1, (pValues.length - rank) * p));
    adjusted[index] = largest;
  }
  return adjusted;
}
