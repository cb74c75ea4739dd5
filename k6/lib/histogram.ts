/**
 * The grid of the response times' histogram: eight buckets to each doubling, from 0.25 ms to 65.5 s. A quantile read off it is
 * at most 9 % too high. The same grid always, so that histograms of several runners and replicates add up.
 */
const lowestMs = 0.25;
const perDoubling = 8;
const doublings = 18;

/** Upper bounds in ms, ascending; a bound belongs to its bucket. Above the last there is one more bucket. */
export const upperBoundsMs: readonly number[] = Array.from(
  { length: doublings * perDoubling + 1 },
  (_, index) => lowestMs * 2 ** (index / perDoubling),
);

/** Which bucket a value belongs to: 0 to the number of bounds. */
export function bucketOf(valueMs: number): number {
  if (valueMs <= lowestMs) return 0;
  const last = upperBoundsMs.length;
  const guess = Math.min(last, Math.ceil(Math.log2(valueMs / lowestMs) * perDoubling));
  // The logarithm may be off by one unit in its last place, which is one bucket at a bound.
  return valueMs <= (upperBoundsMs[guess - 1] ?? 0) ? guess - 1 : guess;
}

/** Name of a bucket's counter in k6's summary. */
export function bucketName(bucket: number): string {
  return `response_time_bucket_${String(bucket).padStart(3, '0')}`;
}
