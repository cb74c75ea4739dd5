import { type Cell, offeredPerSecond } from '@acceptbench/results/cell';
import type { TracedLoad } from '@acceptbench/results/load';
import type { Sample } from '@acceptbench/results/sample';
import { aLoad } from './builders.ts';
import { toSamples } from './simulatedSamples.ts';

export type SimulationOptions = {
  /** ms of work. */
  readonly workMs: number;
  /** Connections that an accept loop holds accepted and not started. */
  readonly ahead: number;
  /** The work is done by workers, and accepting goes on meanwhile. */
  readonly offload: boolean;
  /** The server tells of accepted connections. */
  readonly hook: boolean;
  /** It sums up the moments at which it finishes requests: true when not given. */
  readonly sumsMoments?: boolean;
  /** Accept loops, each with a listener; 1 when not given. */
  readonly listeners?: number;
  /** CPU workers of an offloading server; 1 when not given. */
  readonly workers?: number;
  /** Jobs that may wait for a worker: a request beyond that is shed at once. */
  readonly queueLimit?: number;
  /** Places of each accept queue: a SYN that finds none is dropped, and sent again later. */
  readonly places?: number;
  /** ms that each packet takes from one host to the other; 0 when not given. */
  readonly delayMs?: number;
};

/** One request's way, in ms since the window's start. Between any two of them lies a stage. */
export type Way = {
  readonly listener: number;
  /** It came on a connection of its own, or the first of one that was kept. */
  readonly opens: boolean;
  /** Found the offload queue full, and was answered 503. */
  readonly shed: boolean;
  readonly intended: number;
  /** When the client began: to connect, or on a kept connection to send. */
  readonly sent: number;
  /** In the accept queue; of a kept connection: at the server. */
  readonly queued: number;
  readonly accepted: number;
  readonly started: number;
  readonly begun: number;
  readonly done: number;
  readonly finished: number;
  readonly read: number;
};

/** The true mean of each stage over the requests that were not shed, ms. */
export type Truth = Record<
  'client' | 'resend' | 'accept' | 'process' | 'offload' | 'work' | 'reply' | 'response',
  number
>;

export type Simulation = { load: TracedLoad; samples: Sample[]; truth: Truth; ways: readonly Way[] };

/** Scheduling lag, and the way of a SYN or a request to the server, ms. */
const lagMs = 0.4;
const thereMs = 0.2;
/** When a SYN without an answer is sent again, ms after the first (RFC 6298, as Linux does it). */
const resendsMs = [1000, 3000, 7000, 15_000];

/**
 * A server that takes requests in the order in which they come, seen as the probe, the scrapes and k6 see a real one: what
 * each stage's mean is, is known.
 */
export function simulate(cell: Cell, options: SimulationOptions): Simulation {
  const { ways, dropsMs } = wayOfEach(cell, options);
  const { delayMs = 0 } = options;
  const right = ways.filter(({ shed }) => !shed);
  const n = right.length;
  const sum = (of: (way: Way) => number, over: readonly Way[] = right) =>
    over.reduce((total, way) => total + of(way), 0);
  const resent = right.filter((way) => way.opens && way.queued - way.sent > thereMs + 3 * delayMs + 1);
  const resendingMs = sum((way) => way.queued - way.sent, resent);
  const opening = right.filter((way) => way.opens && !resent.includes(way)).length;
  // The client's handshake is there and back; its last packet has still to come to the server.
  const openingMs = (thereMs + 2 * delayMs) * opening;
  const truth: Truth = {
    client: sum((way) => way.sent - way.intended) / n + (openingMs + delayMs * opening) / n,
    resend: resendingMs / n,
    accept: sum((way) => (way.opens ? way.accepted - way.queued : 0)) / n,
    // On a kept connection the way to the server is nobody's but the process's.
    process: sum((way) => way.started - (way.opens ? way.accepted : way.sent)) / n,
    offload: options.offload ? sum((way) => way.begun - way.started) / n : 0,
    work: options.workMs,
    reply: sum((way) => way.read - way.done) / n,
    response: sum((way) => way.read - way.intended) / n,
  };
  const shed = ways.filter((way) => way.shed);
  const load = aLoad(cell, {
    started: ways.length,
    completed: n,
    shed: shed.length,
    shedMs: sum((way) => way.read - way.intended, shed),
    connections: ways.filter(({ opens }) => opens).length,
    schedulingLag: { n, mean: lagMs, min: lagMs, p50: lagMs, p90: lagMs, p99: lagMs, max: lagMs },
    openingMs,
    resendingMs,
    resent: resent.length,
    endedAtMs: sum((way) => way.read),
    responseTime: { n, mean: truth.response, min: 1, p50: 1, p90: 1, p99: 1, max: 1 },
  });
  return { load, truth, ways, samples: toSamples(ways, dropsMs, options) };
}

/** Connects of requests still to come, the earliest first. */
type Connect = { readonly index: number; readonly atMs: number; readonly attempt: number };

/**
 * Whoever comes first is served first, so once everything that came before is known, so is the whole way of the next: the
 * connects are taken in order of time, and one that is dropped comes again.
 */
function wayOfEach(cell: Cell, options: SimulationOptions): { ways: Way[]; dropsMs: number[] } {
  const { workMs, ahead, offload, listeners = 1, workers = 1, queueLimit, places, delayMs = 0 } = options;
  const offered = offeredPerSecond(cell) ?? 0;
  const periodMs = 1000 / offered;
  const n = Math.round(offered * cell.load.durationSeconds);
  const random = generator(7);
  const loops = Array.from({ length: listeners }, () => ({ ways: [] as Way[], freeAt: 0 }));
  const workersFreeAt: number[] = Array.from({ length: workers }, () => 0);
  const kept: { listener: number; freeAt: number }[] = [];
  const ways: Way[] = [];
  const dropsMs: number[] = [];
  const connects: Connect[] = Array.from({ length: n }, (_, index) => ({
    index,
    atMs: index * periodMs + lagMs,
    attempt: 0,
  }));

  for (let connect = connects.shift(); connect !== undefined; connect = connects.shift()) {
    const { index, atMs, attempt } = connect;
    const intended = index * periodMs;
    const sent = intended + lagMs;
    const idle = cell.policy === 'keep-alive' ? kept.find(({ freeAt }) => freeAt <= atMs) : undefined;
    const opens = idle === undefined;
    const listener = idle?.listener ?? Math.floor(random() * listeners);
    const loop = loops[listener];
    if (loop === undefined) throw new Error(`there is no listener ${listener}`);
    const queued = atMs + thereMs + 3 * delayMs;
    const waiting = loop.ways.filter((way) => way.opens && way.queued <= queued && way.accepted > queued);
    if (opens && waiting.length >= (places ?? Number.POSITIVE_INFINITY)) {
      dropsMs.push(queued);
      const again = sent + (resendsMs[attempt] ?? Number.NaN);
      const later = { index, atMs: again, attempt: attempt + 1 };
      const at = connects.findIndex((other) => other.atMs > again);
      connects.splice(at === -1 ? connects.length : at, 0, later);
      continue;
    }
    const turn = loop.ways.at(-ahead - 1)?.done ?? 0;
    const accepted = offload ? queued + 0.1 : Math.max(queued + 0.1, turn);
    const startable = queued + (offload ? 0.2 : 0.3);
    const freest = Math.min(...workersFreeAt);
    const inQueue = ways.filter((way) => !way.shed && way.started <= startable && way.begun > startable);
    const shed = queueLimit !== undefined && freest > startable && inQueue.length >= queueLimit;
    const begun = shed ? startable : Math.max(queued + 0.3, offload ? freest : loop.freeAt);
    const done = begun + (shed ? 0 : workMs);
    const started = offload ? startable : begun;
    const finished = done + (offload ? 0.1 : 0);
    const read = finished + 0.5 + delayMs;
    if (offload && !shed) workersFreeAt[workersFreeAt.indexOf(freest)] = done;
    if (!offload) loop.freeAt = done;
    if (idle === undefined) kept.push({ listener, freeAt: read });
    else idle.freeAt = read;
    const times = { intended, sent, queued, accepted, started, begun, done, finished, read };
    const way: Way = { listener, opens, shed, ...times };
    loop.ways.push(way);
    ways.push(way);
  }
  return { ways, dropsMs };
}

/** Numbers from 0 to 1, the same each time. */
function generator(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 48_271) % 2_147_483_647;
    return state / 2_147_483_647;
  };
}
