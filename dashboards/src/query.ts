import { histograms, scalars } from '@acceptbench/metrics/catalogue';
import { probeMetrics } from '@acceptbench/metrics/probeCatalogue';
import { loadMetrics, runMetrics } from '@acceptbench/metrics/runCatalogue';

/** Every metric that a panel may ask for, by the names of the catalogues. */
export const metric = {
  ...scalars,
  ...histograms,
  ...probeMetrics,
  ...runMetrics,
  ...loadMetrics,
} as const;
export type Metric = (typeof metric)[keyof typeof metric];

interface Choice {
  /** Matchers beside those of the variables: `scenario="measure"`. */
  readonly extra?: string;
  /** Variables that are not to restrict: all runtimes, for an axis that they share. */
  readonly all?: readonly Variable[];
  readonly suffix?: '_bucket' | '_sum' | '_count';
}

/** The variables that restrict every query, in the order in which they depend on each other. */
export const variables = ['job', 'instance', 'run', 'runtime', 'topology'] as const;
export type Variable = (typeof variables)[number];

/** A selector of a metric's series, as the dashboard's variables choose them. */
export function select({ name }: Metric, { extra, all = [], suffix }: Choice = {}): string {
  const matchers = variables.flatMap((variable) =>
    all.includes(variable) ? [] : [`${variable}=~"$${variable}"`],
  );
  return `${name}${suffix ?? ''}{${[...matchers, ...(extra === undefined ? [] : [extra])].join(', ')}}`;
}

/**
 * A gauge as it was last read: within the same time that a rate looks back, not in the last 5 minutes as Prometheus does by itself.
 * A replicate that has ended would otherwise stand beside the next one, since a past run has no marks of its end.
 */
export function now(of: Metric, choice?: Choice): string {
  return `last_over_time(${select(of, choice)}[$__rate_interval])`;
}

/** Growth per second of a counter, or of a histogram. */
export function rate(of: Metric, choice?: Choice): string {
  return `rate(${select(of, choice)}[$__rate_interval])`;
}

type By = readonly string[];

function aggregate(how: 'sum' | 'max', inner: string, by: By): string {
  return by.length === 0 ? `${how}(${inner})` : `${how} by (${by.join(', ')}) (${inner})`;
}

export const sum = (inner: string, by: By = []): string => aggregate('sum', inner, by);
export const max = (inner: string, by: By = []): string => aggregate('max', inner, by);

/**
 * A quantile of what k6 measured. Live it is a native histogram; of a past run, whose histogram came through a text format that
 * has none, it is a classic one.
 */
export function quantile(of: Metric, q: number, by: By = [], choice: Choice = {}): string {
  const classic = rate(of, { ...choice, suffix: '_bucket' });
  return `histogram_quantile(${q}, ${sum(rate(of, choice), by)}) or histogram_quantile(${q}, ${sum(classic, [...by, 'le'])})`;
}

/** The mean of what k6 measured, from either kind of histogram. */
export function mean(of: Metric, by: By = [], choice: Choice = {}): string {
  const native = sum(rate(of, choice), by);
  return `histogram_sum(${native}) / histogram_count(${native}) or ${classicMean(of, by, choice)}`;
}

/** The mean of what a server measured, whose histograms are classic. */
export function classicMean(of: Metric, by: By = [], choice: Choice = {}): string {
  const part = (suffix: '_sum' | '_count') => sum(rate(of, { ...choice, suffix }), by);
  return `${part('_sum')} / ${part('_count')}`;
}

/**
 * Right responses per second: k6's, and of a past run, of which k6 has left totals only, the replies that the server counted.
 */
export function completed(by: By = [], choice: Choice = {}): string {
  // A past run of an older acceptbench does not tell replies by status apart.
  const replied = rate(metric.requestDuration, {
    ...choice,
    suffix: '_count',
    extra: 'http_response_status_code=~"200|"',
  });
  return `${sum(rate(metric.completed, choice), by)} or ${sum(replied, by)}`;
}

/** The last value of a series in the time that is shown. */
export function last(of: Metric, choice?: Choice): string {
  return `last_over_time(${select(of, choice)}[$__range])`;
}
