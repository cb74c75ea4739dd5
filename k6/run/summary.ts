import { type Histogram, TracedLoad, type Trend } from '@acceptbench/results/load';
import { bucketName, upperBoundsMs } from '../lib/histogram.ts';

type Values = Readonly<Record<string, unknown>>;

function isObject(value: unknown): value is Values {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function complain(what: string): TypeError {
  return new TypeError(
    `Cannot read k6's summary: ${what}. It must be what --summary-export of constant-arrival-rate.ts writes with --new-machine-readable-summary=false; run k6 with the arguments of k6Arguments().`,
  );
}

function shown(value: unknown): string {
  return value === undefined ? 'nothing' : JSON.stringify(value);
}

function metricsOf(summary: unknown): Values {
  if (!isObject(summary)) throw complain(`it is ${shown(summary)}, not an object`);
  if (!isObject(summary.metrics)) throw complain(`"metrics" is ${shown(summary.metrics)}, not an object`);
  return summary.metrics;
}

function statistic(values: unknown, metric: string, name: string): number {
  const value = isObject(values) ? values[name] : undefined;
  if (typeof value !== 'number' || !Number.isFinite(value)) {
    throw complain(`"${name}" of the metric "${metric}" is ${shown(value)}, not a number`);
  }
  return value;
}

/** k6 leaves out a metric that was never recorded: it counted nothing. */
function count(metrics: Values, metric: string): number {
  const values = metrics[metric];
  if (values === undefined) return 0;
  const value = statistic(values, metric, 'count');
  if (!Number.isInteger(value) || value < 0) {
    throw complain(`"count" of the metric "${metric}" is ${value}, not a whole number from 0`);
  }
  return value;
}

/** A sum of times in ms, kept in a counter; nothing was added when it is missing. */
function sumOfMs(metrics: Values, metric: string): number {
  const values = metrics[metric];
  return values === undefined ? 0 : statistic(values, metric, 'count');
}

function trend(metrics: Values, metric: string): Trend {
  const n = count(metrics, metric);
  if (n === 0) return { n, mean: 0, min: 0, p50: 0, p90: 0, p99: 0, max: 0 };
  const values = metrics[metric];
  return {
    n,
    mean: statistic(values, metric, 'avg'),
    min: statistic(values, metric, 'min'),
    p50: statistic(values, metric, 'p(50)'),
    p90: statistic(values, metric, 'p(90)'),
    p99: statistic(values, metric, 'p(99)'),
    max: statistic(values, metric, 'max'),
  };
}

/** The response times by size; null where the script that was run did not count them. */
function histogram(metrics: Values, n: number): Histogram | null {
  const counts = Array.from({ length: upperBoundsMs.length + 1 }, (_, bucket) =>
    count(metrics, bucketName(bucket)),
  );
  const sum = counts.reduce((total, each) => total + each, 0);
  if (sum === 0 && n > 0) return null;
  agree('response_time and its buckets', n, sum);
  return { upperBoundsMs: [...upperBoundsMs], counts };
}

/** Two of k6's metrics that count the same thing must agree, or the script and this file have parted. */
function agree(what: string, left: number, right: number): void {
  if (left !== right) throw complain(`${what} disagree: ${left} and ${right}`);
}

/**
 * What k6 saw in the measured window, from the parsed JSON of its summary export. Times in ms, `windowStartMs` in Unix ms
 * (the highest of the lower bounds that the script found).
 * @throws TypeError when the summary is not one of the load script's, or k6 started no measured request.
 */
export function toLoadResult(summary: unknown): TracedLoad {
  const metrics = metricsOf(summary);
  if (metrics.window_start === undefined) {
    throw complain('the metric "window_start" is missing, so no measured request was started');
  }
  const schedulingLag = trend(metrics, 'scheduling_lag');
  const responseTime = trend(metrics, 'response_time');
  const completed = count(metrics, 'completed');
  const completedInWindow = count(metrics, 'completed_in_window');
  const byThird: [number, number, number] = [
    count(metrics, 'completed_first_third'),
    count(metrics, 'completed_second_third'),
    count(metrics, 'completed_last_third'),
  ];
  agree('completed and response_time', completed, responseTime.n);
  agree('completed_in_window and its thirds', completedInWindow, byThird[0] + byThird[1] + byThird[2]);
  return TracedLoad.parse({
    windowStartMs: statistic(metrics.window_start, 'window_start', 'max'),
    started: schedulingLag.n,
    // Those the script turned away at MAX_VUS, and those k6 had not even a spare virtual user for.
    dropped: count(metrics, 'dropped') + count(metrics, 'dropped_iterations{scenario:measure}'),
    completed,
    completedInWindow,
    completedByThird: byThird,
    shed: count(metrics, 'shed'),
    shedMs: sumOfMs(metrics, 'shed_ms'),
    errored: count(metrics, 'errored'),
    wrong: count(metrics, 'wrong'),
    connections: count(metrics, 'connections'),
    openingMs: sumOfMs(metrics, 'opening_ms'),
    resendingMs: sumOfMs(metrics, 'resending_ms'),
    resent: count(metrics, 'resent'),
    endedAtMs: sumOfMs(metrics, 'ended_at_ms'),
    schedulingLag,
    responseTime,
    histogram: histogram(metrics, responseTime.n),
    burst: null,
    silent: null,
  } satisfies TracedLoad);
}
