import { momentsOriginMs } from '@acceptbench/metrics/catalogue';
import type { Sample, ServerSample } from '@acceptbench/results/sample';
import { integrate, type TimedValue, valueAt } from './integral.ts';

/** Histograms of the server's exposition that hold a stage's time; their `_sum` is in seconds. */
export const offloadQueueWait = 'acceptbench_offload_queue_wait_seconds';
export const workDuration = 'acceptbench_work_duration_seconds';
/** From the request handed to the handler until its reply was handed back. */
export const requestDuration = 'http_server_request_duration_seconds';

/** Sum of the moments at which replies were handed back. */
export const requestsFinishedAt = 'acceptbench_requests_finished_at_seconds_total';

/** Of those, the replies of a server that sheds. */
const shed = '{http_response_status_code="503"}';
const shedDuration = {
  count: `${requestDuration}_count${shed}`,
  sum: `${requestDuration}_sum${shed}`,
} as const;

/** Counters and gauges of the exposition. The two of connections are there where the runtime has a hook for them. */
export const connectionsAccepted = 'acceptbench_connections_accepted_total';
/** Sum of the moments at which connections were taken off the accept queue; there where the runtime has a hook for them. */
export const connectionsAcceptedAt = 'acceptbench_connections_accepted_at_seconds_total';
export const requestsStarted = 'acceptbench_requests_started_total';
export const requestsAborted = 'acceptbench_requests_aborted_total';
export const activeRequests = 'http_server_active_requests';
export const offloadQueueLength = 'acceptbench_offload_queue_length';

/** A mean in ms over `n` observations. */
export type MeanOf = { readonly meanMs: number; readonly n: number };

/** What the server said over time, from the last sample at or before window start on: it is idle there. */
export class ServerSeries {
  readonly #samples: readonly ServerSample[];

  constructor(samples: readonly Sample[], windowStartMs: number) {
    const server = samples.filter((sample): sample is ServerSample => sample.kind === 'server');
    const first = server.findLastIndex((sample) => sample.atMs <= windowStartMs);
    this.#samples = server.slice(Math.max(0, first));
  }

  /** A series by its name in the exposition; empty where the server does not expose it. */
  values(name: string): TimedValue[] {
    return this.#samples.flatMap(({ atMs, values: { [name]: value } }) =>
      value === undefined ? [] : [{ atMs, value }],
    );
  }

  /** A counter since the first sample; empty where the server does not expose it. */
  growth(name: string): TimedValue[] {
    if (this.#samples.at(-1)?.values[name] === undefined) return [];
    // A histogram without an observation may not be exposed yet: before its first one it stands at zero.
    const first = this.#samples[0]?.values[name] ?? 0;
    return this.#samples.map(({ atMs, values }) => ({ atMs, value: (values[name] ?? 0) - first }));
  }

  /** How far a counter grew until the last sample; null where the server does not expose it. */
  total(name: string): number | null {
    return this.growth(name).at(-1)?.value ?? null;
  }

  /** A gauge's integral from `fromMs` until the last sample, in value × seconds; null where it is not exposed. */
  integral(name: string, fromMs: number): number | null {
    const values = this.values(name);
    const last = values.at(-1);
    return last === undefined ? null : integrate(values, fromMs, last.atMs);
  }

  /** Mean of a histogram's observations; `n` is 0 where there was none, null where the server does not expose it. */
  mean(name: string): MeanOf | null {
    const seconds = this.total(`${name}_sum`);
    const count = this.total(`${name}_count`);
    if (seconds === null || count === null) return null;
    const n = Math.round(count);
    return n > 0 ? { meanMs: (seconds / n) * 1000, n } : { meanMs: 0, n: 0 };
  }

  /** Mean of a histogram's observations between two moments, in ms; null without one there, or where it is not exposed. */
  meanBetween(name: string, fromMs: number, toMs: number): number | null {
    const grown = (series: readonly TimedValue[]) => {
      const from = valueAt(series, fromMs);
      const to = valueAt(series, toMs);
      return from === null || to === null ? null : to - from;
    };
    const seconds = grown(this.growth(`${name}_sum`));
    const count = grown(this.growth(`${name}_count`));
    return seconds === null || count === null || count <= 0 ? null : (seconds / count) * 1000;
  }
}

/** Requests finished over time, without those that were shed. */
export function rightlyFinished(server: ServerSeries): TimedValue[] {
  return withoutShed(server, `${requestDuration}_count`);
}

/** Requests started over time, without those that were shed: these are finished as soon as they are started. */
export function rightlyStarted(server: ServerSeries): TimedValue[] {
  return withoutShed(server, requestsStarted);
}

function withoutShed(server: ServerSeries, counter: string): TimedValue[] {
  const refused = server.growth(shedDuration.count);
  return server
    .growth(counter)
    .map(({ atMs, value }, index) => ({ atMs, value: value - (refused[index]?.value ?? 0) }));
}

/**
 * The mean moment at which connections were accepted, Unix ms, as the server's hook summed it up. Null where it does not, or where a
 * connection brought no request or several.
 */
export function meanAccepted(server: ServerSeries): number | null {
  const n = server.total(connectionsAccepted);
  const moments = server.total(connectionsAcceptedAt);
  if (n !== server.total(requestsStarted)) return null;
  return n === null || moments === null || n <= 0 ? null : momentsOriginMs + (moments / n) * 1000;
}

/**
 * The mean moments at which requests were started and finished, Unix ms, as the server itself summed them up: exact, whenever it was
 * asked. Of those that were not shed, or of all. Null where the server does not sum them up, where nothing was finished, or where
 * something was started and not finished.
 */
export function meanMoments(
  server: ServerSeries,
  which: 'right' | 'all',
): { readonly startedMs: number; readonly finishedMs: number; readonly n: number } | null {
  const less = (name: string, refused: string) => {
    const all = server.total(name);
    return all === null ? null : all - (which === 'all' ? 0 : (server.total(refused) ?? 0));
  };
  const n = less(`${requestDuration}_count`, shedDuration.count);
  const seconds = less(`${requestDuration}_sum`, shedDuration.sum);
  const moments = less(requestsFinishedAt, `${requestsFinishedAt}${shed}`);
  if (n === null || seconds === null || moments === null || n <= 0) return null;
  if (server.total(requestsStarted) !== server.total(`${requestDuration}_count`)) return null;
  const finishedMs = momentsOriginMs + (moments / n) * 1000;
  return { startedMs: finishedMs - (seconds / n) * 1000, finishedMs, n: Math.round(n) };
}

/** Mean time in the handler of the requests that were not shed; null where the server does not expose it. */
export function rightHandlerTime(server: ServerSeries): MeanOf | null {
  const seconds = server.total(`${requestDuration}_sum`);
  const n = rightlyFinished(server).at(-1)?.value;
  if (seconds === null || n === undefined) return null;
  const right = seconds - (server.total(shedDuration.sum) ?? 0);
  return n > 0 ? { meanMs: (right / n) * 1000, n: Math.round(n) } : { meanMs: 0, n: 0 };
}
