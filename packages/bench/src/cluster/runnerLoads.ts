import { bucketName, upperBoundsMs } from '@acceptbench/k6/histogram';
import { percentilesOf } from '@acceptbench/report/mergeLoads';
import type { Histogram, TracedLoad, Trend } from '@acceptbench/results/load';
import type { HistogramSeries, InstantSeries, NativeHistogram } from './query.ts';

/** What a replicate lacks in Prometheus, or what contradicts itself there, in one line. */
export class NotCollectedError extends Error {
  override readonly name = 'NotCollectedError';
}

/** The script's counters, as k6 names them when it pushes; one that nothing was added to is not there. */
const counters = {
  dropped: 'k6_dropped_total',
  completed: 'k6_completed_total',
  completedInWindow: 'k6_completed_in_window_total',
  firstThird: 'k6_completed_first_third_total',
  secondThird: 'k6_completed_second_third_total',
  lastThird: 'k6_completed_last_third_total',
  shed: 'k6_shed_total',
  shedMs: 'k6_shed_ms_total',
  errored: 'k6_errored_total',
  wrong: 'k6_wrong_total',
  connections: 'k6_connections_total',
  openingMs: 'k6_opening_ms_total',
  resendingMs: 'k6_resending_ms_total',
  resent: 'k6_resent_total',
  endedAtMs: 'k6_ended_at_ms_total',
} as const;
/** Unix ms: where it changes, a runner has begun anew. */
export const windowStart = 'k6_window_start';
const schedulingLag = 'k6_scheduling_lag_seconds';
const responseTime = 'k6_response_time_seconds';

/** Patterns for the names of all that is read of a runner: numbers, and native histograms. */
export const runnerNumbers = [
  ...Object.values(counters),
  windowStart,
  'k6_response_time_bucket_[0-9]+_total',
].join('|');
export const runnerHistograms = `${schedulingLag}|${responseTime}`;

/** The operator's tag; a k6 that runs alone has none. */
export const runnerLabel = 'instance_id';

/** Numbers and histograms that one runner pushed, by name. */
interface Pushed {
  readonly numbers: Map<string, number>;
  readonly histograms: Map<string, NativeHistogram | null>;
}

/**
 * What each runner counted of one replicate, by its number, from the last value of all that it pushed.
 *
 * @throws NotCollectedError where two series claim to be the same, or what a runner pushed is not whole
 */
export function toRunnerLoads(
  numbers: readonly InstantSeries[],
  histograms: readonly HistogramSeries[],
): Map<string, TracedLoad> {
  const runners = new Map<string, Pushed>();
  const pushedBy = (labels: InstantSeries['labels']): Pushed => {
    const runner = labels[runnerLabel] ?? '1';
    const known = runners.get(runner) ?? { numbers: new Map(), histograms: new Map() };
    runners.set(runner, known);
    return known;
  };
  for (const { name, labels, value } of numbers) {
    setOnce(pushedBy(labels).numbers, name, labels, value);
  }
  for (const { name, labels, last } of histograms) {
    setOnce(pushedBy(labels).histograms, name, labels, last);
  }
  return new Map(
    [...runners]
      .sort(([a], [b]) => Number(a) - Number(b))
      .map(([runner, pushed]) => [runner, toLoad(runner, pushed)]),
  );
}

function setOnce<T>(known: Map<string, T>, name: string, labels: InstantSeries['labels'], value: T): void {
  if (known.has(name)) {
    throw new NotCollectedError(
      `two series are ${name} of runner ${labels[runnerLabel] ?? '1'}, with other labels beside: is the run there twice, as pushed and as read in?`,
    );
  }
  known.set(name, value);
}

function toLoad(runner: string, pushed: Pushed): TracedLoad {
  const count = (name: keyof typeof counters) => pushed.numbers.get(counters[name]) ?? 0;
  const whole = (name: keyof typeof counters) => Math.round(count(name));
  const start = pushed.numbers.get(windowStart);
  const lag = histogramOf(runner, pushed, schedulingLag);
  if (start === undefined || lag === null) {
    throw new NotCollectedError(
      `runner ${runner} has pushed no ${start === undefined ? windowStart : schedulingLag}`,
    );
  }
  const completed = whole('completed');
  const histogram: Histogram = {
    upperBoundsMs: [...upperBoundsMs],
    counts: Array.from({ length: upperBoundsMs.length + 1 }, (_, bucket) =>
      Math.round(pushed.numbers.get(`k6_${bucketName(bucket)}_total`) ?? 0),
    ),
  };
  const bySize = histogram.counts.reduce((sum, each) => sum + each, 0);
  const response = histogramOf(runner, pushed, responseTime);
  const timed = Math.round(response?.count ?? 0);
  if (bySize !== completed || timed !== completed) {
    throw new NotCollectedError(
      `runner ${runner} has pushed ${completed} right responses, ${bySize} of them by size and ${timed} with their time: a part of what it pushed is missing`,
    );
  }
  return {
    windowStartMs: start,
    started: Math.round(lag.count),
    dropped: whole('dropped'),
    completed,
    completedInWindow: whole('completedInWindow'),
    completedByThird: [whole('firstThird'), whole('secondThird'), whole('lastThird')],
    shed: whole('shed'),
    shedMs: count('shedMs'),
    errored: whole('errored'),
    wrong: whole('wrong'),
    connections: whole('connections'),
    openingMs: count('openingMs'),
    resendingMs: count('resendingMs'),
    resent: whole('resent'),
    endedAtMs: count('endedAtMs'),
    schedulingLag: toTrend(lag),
    responseTime: {
      ...toTrend(response ?? { count: 0, sum: 0, buckets: [] }),
      ...percentilesOf(histogram),
    },
    histogram,
    burst: null,
    silent: null,
  };
}

function histogramOf(runner: string, { histograms }: Pushed, name: string): NativeHistogram | null {
  const found = histograms.get(name);
  if (found === undefined) return null;
  if (found !== null) return found;
  throw new NotCollectedError(
    `${name} of runner ${runner} is no native histogram; k6 pushes one with K6_PROMETHEUS_RW_TREND_AS_NATIVE_HISTOGRAM=true, and Prometheus before 3.8 takes one with --enable-feature=native-histograms`,
  );
}

/** Seconds in buckets as ms: the mean is exact; the others are the upper bound of their bucket, never below the true ones. */
function toTrend({ count, sum, buckets }: NativeHistogram): Trend {
  const n = Math.round(count);
  const bounds = buckets.filter((bucket) => bucket.count > 0);
  const quantile = (p: number) => {
    let below = 0;
    for (const bucket of bounds) {
      below += bucket.count;
      if (below >= p * count) return bucket.upper * 1000;
    }
    return (bounds.at(-1)?.upper ?? 0) * 1000;
  };
  return {
    n,
    mean: n === 0 ? 0 : (sum / count) * 1000,
    min: (bounds[0]?.lower ?? 0) * 1000,
    p50: quantile(0.5),
    p90: quantile(0.9),
    p99: quantile(0.99),
    max: (bounds.at(-1)?.upper ?? 0) * 1000,
  };
}
