import { type Cell, offeredPerSecond } from '@acceptbench/results/cell';
import type { TracedLoad } from '@acceptbench/results/load';
import type { Sample } from '@acceptbench/results/sample';
import { aLoad, windowStartMs } from './builders.ts';

/** One request's way, in ms since the window's start. */
type Way = {
  intended: number;
  sent: number;
  queued: number;
  accepted: number;
  started: number;
  begun: number;
  done: number;
  finished: number;
  read: number;
};

export type SimulationOptions = {
  /** ms of work. */
  readonly workMs: number;
  /** Connections that the server holds accepted and not started. */
  readonly ahead: number;
  /** The work is done by a worker, and accepting goes on meanwhile. */
  readonly offload: boolean;
  /** The server tells of accepted connections. */
  readonly hook: boolean;
};

/** The true mean of each stage, ms. */
export type Truth = Record<
  'client' | 'accept' | 'process' | 'offload' | 'work' | 'reply' | 'response',
  number
>;

/**
 * A server that takes requests one after the other, seen as the probe, the scrapes and k6 see a real one: what each stage's
 * mean is, is known.
 */
export function simulate(
  cell: Cell,
  { workMs, ahead, offload, hook }: SimulationOptions,
): { load: TracedLoad; samples: Sample[]; truth: Truth } {
  const offered = offeredPerSecond(cell) ?? 0;
  const periodMs = 1000 / offered;
  const n = Math.round(offered * cell.load.durationSeconds);
  const ways: Way[] = [];
  let free = 0;
  for (let index = 0; index < n; index += 1) {
    const intended = index * periodMs;
    const sent = intended + 0.4;
    const queued = sent + 0.2;
    const begun = Math.max(queued + 0.3, free);
    const done = begun + workMs;
    // In line: accepted when at most `ahead` others are, and started when it is its turn.
    const turn = ways[index - ahead - 1]?.done ?? 0;
    const accepted = offload ? queued + 0.1 : Math.max(queued + 0.1, turn);
    const started = offload ? queued + 0.2 : begun;
    const finished = done + (offload ? 0.1 : 0);
    ways.push({ intended, sent, queued, accepted, started, begun, done, finished, read: finished + 0.5 });
    free = done;
  }
  const mean = (of: (way: Way) => number) => ways.reduce((sum, way) => sum + of(way), 0) / n;
  const truth: Truth = {
    client: mean((way) => way.queued - way.intended),
    accept: mean((way) => way.accepted - way.queued),
    process: mean((way) => way.started - way.accepted),
    offload: offload ? mean((way) => way.begun - way.started) : 0,
    work: workMs,
    reply: mean((way) => way.read - way.done),
    response: mean((way) => way.read - way.intended),
  };
  const load = aLoad(cell, {
    schedulingLag: { n, mean: 0.4, min: 0.4, p50: 0.4, p90: 0.4, p99: 0.4, max: 0.4 },
    openingMs: n * 0.2,
    endedAtMs: n * mean((way) => way.read),
    responseTime: { n, mean: truth.response, min: 1, p50: 1, p90: 1, p99: 1, max: 1 },
  });
  return { load, samples: samplesOf(ways, { hook, offload }), truth };
}

function samplesOf(ways: readonly Way[], { hook, offload }: { hook: boolean; offload: boolean }): Sample[] {
  const until = (ways.at(-1)?.read ?? 0) + 110;
  const samples: Sample[] = [];
  const count = (key: keyof Way, atMs: number) => ways.filter((way) => way[key] <= atMs).length;
  const sum = (of: (way: Way) => number, key: keyof Way, atMs: number) =>
    ways.reduce((total, way) => total + (way[key] <= atMs ? of(way) : 0), 0) / 1000;
  // Timers are late by chance. In step with the service times, every sample would fall on the same part of a step.
  let seed = 1;
  const late = (mostMs: number) => {
    seed = (seed * 48_271) % 2_147_483_647;
    return (seed / 2_147_483_647) * mostMs;
  };
  // Before the window the server has answered 40 requests of a warm-up.
  for (let dueMs = -33; dueMs < until; dueMs += 20) {
    const atMs = dueMs + late(8);
    samples.push({
      kind: 'kernel',
      atMs: windowStartMs + atMs,
      listeners: [
        { address: '127.0.0.1:8080', inode: 1, queue: count('queued', atMs) - count('accepted', atMs) },
      ],
      counters: {
        passiveOpens: 40 + count('queued', atMs),
        listenOverflows: 0,
        listenDrops: 0,
        synRetrans: 0,
        reqQFullDrop: 0,
        reqQFullDoCookies: 0,
        deferAcceptDrop: 0,
      },
    });
  }
  for (let dueMs = -58; dueMs < until; dueMs += 50) {
    const atMs = dueMs + late(16);
    const [started, finished] = [count('started', atMs), count('finished', atMs)];
    samples.push({
      kind: 'server',
      atMs: windowStartMs + atMs,
      values: {
        ...(hook ? { acceptbench_connections_accepted_total: 40 + count('accepted', atMs) } : {}),
        acceptbench_requests_started_total: 40 + started,
        acceptbench_requests_aborted_total: 0,
        http_server_active_requests: started - finished,
        http_server_request_duration_seconds_count: 40 + finished,
        http_server_request_duration_seconds_sum:
          1 + sum((way) => way.finished - way.started, 'finished', atMs),
        acceptbench_work_duration_seconds_count: 40 + count('done', atMs),
        acceptbench_work_duration_seconds_sum: 1 + sum((way) => way.done - way.begun, 'done', atMs),
        ...(offload
          ? {
              acceptbench_offload_queue_length: started - count('begun', atMs),
              acceptbench_offload_queue_wait_seconds_count: 40 + count('begun', atMs),
              acceptbench_offload_queue_wait_seconds_sum:
                1 + sum((way) => way.begun - way.started, 'begun', atMs),
            }
          : {}),
      },
    });
  }
  return samples.sort((a, b) => a.atMs - b.atMs);
}
