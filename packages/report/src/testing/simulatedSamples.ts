import { momentsOriginMs } from '@acceptbench/metrics/catalogue';
import type { Sample } from '@acceptbench/results/sample';
import { connectionsAcceptedAt, requestsFinishedAt } from '../analysis/server-metrics.ts';
import { windowStartMs } from './builders.ts';
import type { SimulationOptions, Way } from './simulation.ts';

/** Requests and connections of the warm-up, before the window. */
const before = 40;

/** What the probe's samples and the scrapes of the server's metrics say of requests on their way, and of SYNs that were dropped. */
export function toSamples(
  ways: readonly Way[],
  dropsMs: readonly number[],
  options: SimulationOptions,
): Sample[] {
  const untilMs = Math.max(...ways.map(({ read }) => read)) + 110;
  // As uneven as the probe's: in step with the arrivals, every sample would fall on the same part of a step.
  const golden = (Math.sqrt(5) - 1) / 2;
  const due = (firstMs: number, periodMs: number) =>
    Array.from(
      { length: Math.ceil((untilMs - firstMs) / periodMs) },
      (_, tick) => firstMs + (tick + 0.75 * ((tick * tick * golden) % 1)) * periodMs,
    );
  const samples = [
    // The count of connections is in every other one, and in the last.
    ...due(-33, 20).map((atMs, index, { length }) =>
      kernelSample(ways, dropsMs, options, atMs, index % 2 === 0 || index === length - 1),
    ),
    ...due(-58, 50).map((atMs) => serverSample(ways, options, atMs)),
  ];
  return samples.sort((a, b) => a.atMs - b.atMs);
}

type Moment = 'queued' | 'accepted' | 'started' | 'begun' | 'done' | 'finished';

const count = (ways: readonly Way[], moment: Moment, atMs: number) =>
  ways.filter((way) => way[moment] <= atMs).length;

function kernelSample(
  ways: readonly Way[],
  dropsMs: readonly number[],
  { listeners = 1 }: SimulationOptions,
  atMs: number,
  counts: boolean,
): Sample {
  const opened = ways.filter(({ opens }) => opens);
  const dropped = dropsMs.filter((droppedMs) => droppedMs <= atMs).length;
  return {
    kind: 'kernel',
    atMs: windowStartMs + atMs,
    listeners: Array.from({ length: listeners }, (_, listener) => {
      const own = opened.filter((way) => way.listener === listener);
      const queue = count(own, 'queued', atMs) - count(own, 'accepted', atMs);
      return { address: '127.0.0.1:8080', inode: listener + 1, queue };
    }),
    counters: {
      passiveOpens: counts ? before + count(opened, 'queued', atMs) : null,
      listenOverflows: dropped,
      listenDrops: dropped,
      synRetrans: dropped,
      reqQFullDrop: 0,
      reqQFullDoCookies: 0,
      deferAcceptDrop: 0,
    },
  };
}

function serverSample(
  ways: readonly Way[],
  { hook, offload, workMs, sumsMoments = true }: SimulationOptions,
  atMs: number,
): Sample {
  const opened = ways.filter(({ opens }) => opens);
  const shed = ways.filter((way) => way.shed);
  const right = ways.filter((way) => !way.shed);
  const sum = (over: readonly Way[], from: Moment, to: Moment) =>
    over.reduce((total, way) => total + (way[to] <= atMs ? way[to] - way[from] : 0), 0) / 1000;
  const moments = (over: readonly Way[], moment: Moment) =>
    over.reduce(
      (total, { [moment]: ms }) => total + (ms <= atMs ? (windowStartMs + ms - momentsOriginMs) / 1000 : 0),
      0,
    );
  const [started, finished] = [count(ways, 'started', atMs), count(ways, 'finished', atMs)];
  const status = '{http_response_status_code="503"}';
  const worked = workMs > 0;
  return {
    kind: 'server',
    atMs: windowStartMs + atMs,
    values: {
      ...(hook ? { acceptbench_connections_accepted_total: before + count(opened, 'accepted', atMs) } : {}),
      ...(hook && sumsMoments ? { [connectionsAcceptedAt]: 1000 + moments(opened, 'accepted') } : {}),
      acceptbench_requests_started_total: before + started,
      acceptbench_requests_aborted_total: 0,
      http_server_active_requests: started - finished,
      http_server_request_duration_seconds_count: before + finished,
      http_server_request_duration_seconds_sum: 1 + sum(ways, 'started', 'finished'),
      ...(sumsMoments ? { [requestsFinishedAt]: 1000 + moments(ways, 'finished') } : {}),
      ...(sumsMoments && shed.length > 0
        ? { [`${requestsFinishedAt}${status}`]: moments(shed, 'finished') }
        : {}),
      ...(shed.length > 0
        ? {
            [`http_server_request_duration_seconds_count${status}`]: count(shed, 'finished', atMs),
            [`http_server_request_duration_seconds_sum${status}`]: sum(shed, 'started', 'finished'),
          }
        : {}),
      acceptbench_work_duration_seconds_count: worked ? before + count(right, 'done', atMs) : 0,
      acceptbench_work_duration_seconds_sum: worked ? 1 + sum(right, 'begun', 'done') : 0,
      ...(offload
        ? {
            acceptbench_offload_queue_length: count(right, 'started', atMs) - count(right, 'begun', atMs),
            acceptbench_offload_queue_wait_seconds_count: before + count(right, 'begun', atMs),
            acceptbench_offload_queue_wait_seconds_sum: 1 + sum(right, 'started', 'begun'),
          }
        : {}),
    },
  };
}
