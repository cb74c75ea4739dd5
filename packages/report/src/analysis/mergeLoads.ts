import type { Histogram, TracedLoad, Trend } from '@acceptbench/results/load';

/** Runners of one load that started so far apart, in ms, did not offer it together: k6-operator resumes them one after another. */
export const togetherMs = 1000;

/**
 * What several runners saw of one load that they shared, as one would have seen it. Counts and sums add up; a mean is the sum over
 * the count. A percentile of the response time is read off the merged histogram: never averaged. Of the scheduling lag no
 * histogram is kept, so its percentiles are those of the worst runner, which are not below the true ones.
 *
 * @throws RangeError when there is nothing to merge, when the runners did not start together, or when one has no histogram
 */
export function mergeLoads(loads: readonly TracedLoad[]): TracedLoad {
  const [first] = loads;
  if (first === undefined) throw new RangeError('Cannot merge loads: there is none');
  if (loads.length === 1) return first;
  const starts = loads.map(({ windowStartMs }) => windowStartMs);
  const windowStartMs = Math.min(...starts);
  const apartMs = Math.max(...starts) - windowStartMs;
  if (apartMs > togetherMs) {
    throw new RangeError(
      `Cannot merge loads: their runners started ${Math.round(apartMs)} ms apart, ${togetherMs} ms is the most; were all of them resumed at once?`,
    );
  }
  const sum = (pick: (load: TracedLoad) => number) => loads.reduce((total, load) => total + pick(load), 0);
  const histogram = mergeHistograms(loads.map((load) => load.histogram));
  const third = (index: 0 | 1 | 2) => sum((load) => load.completedByThird[index]);
  return {
    windowStartMs,
    started: sum((load) => load.started),
    dropped: sum((load) => load.dropped),
    completed: sum((load) => load.completed),
    completedInWindow: sum((load) => load.completedInWindow),
    completedByThird: [third(0), third(1), third(2)],
    shed: sum((load) => load.shed),
    shedMs: sum((load) => load.shedMs),
    errored: sum((load) => load.errored),
    wrong: sum((load) => load.wrong),
    connections: sum((load) => load.connections),
    openingMs: sum((load) => load.openingMs),
    resendingMs: sum((load) => load.resendingMs),
    resent: sum((load) => load.resent),
    // Each counts from its own start.
    endedAtMs: sum((load) => load.endedAtMs + (load.windowStartMs - windowStartMs) * load.completed),
    schedulingLag: worstOf(loads.map((load) => load.schedulingLag)),
    responseTime: {
      ...worstOf(loads.map((load) => load.responseTime)),
      ...percentilesOf(histogram),
    },
    histogram,
    burst: null,
    silent: null,
  };
}

/** The percentiles of response times that a load tells, off their histogram. */
export function percentilesOf(histogram: Histogram): { p50: number; p90: number; p99: number } {
  return {
    p50: quantileOf(histogram, 0.5),
    p90: quantileOf(histogram, 0.9),
    p99: quantileOf(histogram, 0.99),
  };
}

/** Adds histograms of one grid, count by count. @throws RangeError when one is missing or has other bounds */
export function mergeHistograms(histograms: readonly (Histogram | null)[]): Histogram {
  const [first] = histograms;
  if (first == null) throw new RangeError('Cannot merge histograms: one of them is missing');
  const counts = [...first.counts];
  for (const other of histograms.slice(1)) {
    if (other === null) throw new RangeError('Cannot merge histograms: one of them is missing');
    if (other.upperBoundsMs.some((bound, index) => bound !== first.upperBoundsMs[index])) {
      throw new RangeError('Cannot merge histograms: their bounds differ');
    }
    for (const [index, count] of other.counts.entries()) counts[index] = (counts[index] ?? 0) + count;
  }
  return { upperBoundsMs: [...first.upperBoundsMs], counts };
}

/**
 * The value below which a share `p` of the values is, from their counts by size, in ms: interpolated within its bucket on a
 * logarithmic scale, as the bounds are. Off by the width of a bucket at most. 0 without a value.
 */
export function quantileOf({ upperBoundsMs, counts }: Histogram, p: number): number {
  const n = counts.reduce((sum, count) => sum + count, 0);
  if (n === 0) return 0;
  const rank = p * n;
  let below = 0;
  for (const [index, count] of counts.entries()) {
    if (count > 0 && below + count >= rank) {
      const upper = upperBoundsMs[index];
      const lower = upperBoundsMs[index - 1];
      // The outermost buckets are open: what is known of them is the bound that they have.
      if (upper === undefined) return lower ?? 0;
      if (lower === undefined) return upper;
      return lower * (upper / lower) ** ((rank - below) / count);
    }
    below += count;
  }
  return upperBoundsMs.at(-1) ?? 0;
}

/** Mean, minimum and maximum of all; percentiles of the worst, which no merged one exceeds. */
function worstOf(trends: readonly Trend[]): Trend {
  const n = trends.reduce((sum, trend) => sum + trend.n, 0);
  const seen = trends.filter((trend) => trend.n > 0);
  const most = (pick: (trend: Trend) => number) => seen.reduce((max, trend) => Math.max(max, pick(trend)), 0);
  return {
    n,
    mean: n === 0 ? 0 : seen.reduce((sum, trend) => sum + trend.mean * trend.n, 0) / n,
    min: seen.length === 0 ? 0 : Math.min(...seen.map(({ min }) => min)),
    p50: most(({ p50 }) => p50),
    p90: most(({ p90 }) => p90),
    p99: most(({ p99 }) => p99),
    max: most(({ max }) => max),
  };
}
