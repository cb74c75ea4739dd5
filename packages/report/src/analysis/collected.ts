import { type ArrivalLoad, type Cell, offeredPerSecond } from '@acceptbench/results/cell';
import type { TracedLoad } from '@acceptbench/results/load';
import type { AcceptQueue, Book, Listener, Measurement } from '@acceptbench/results/measurement';
import type { Reason } from '@acceptbench/results/replicate';
import type { CpuSample, KernelSample, ServerSample } from '@acceptbench/results/sample';
import { connectionBooks, littleBook, requestBooks, timeBooks } from './books.ts';
import { cpuNotMeasured, toCpu, toPeak } from './cpu.ts';
import { type TimedValue, valueAt } from './integral.ts';
import {
  acceptedPerSecond,
  connectionsAccepted,
  queueSeries,
  sinceWindowStart,
  toKernelDeltas,
  type Window,
} from './kernel.ts';
import { lagOf, requestsOf, serviceTimeByThird, serviceTimeIn, toCeiling } from './measurement.ts';
import { type Occupied, summedProcessWait } from './occupancy.ts';
import {
  activeRequests,
  offloadQueueWait,
  requestDuration,
  requestsStarted,
  rightHandlerTime,
  ServerSeries,
  workDuration,
} from './server-metrics.ts';
import { toStages } from './stages.ts';

export type { TimedValue } from './integral.ts';

/** One listener's integral of its queue, as the probe keeps it: connection-seconds so far, at each reading. */
export type QueueReading = {
  readonly address: string;
  readonly inode: number;
  readonly limit: number | null;
  readonly seconds: readonly TimedValue[];
};

/** What Prometheus read of a server and of the probe beside it, around one replicate's window; each series in order of time. */
export type CollectedReadings = {
  readonly server: readonly ServerSample[];
  readonly kernel: readonly KernelSample[];
  readonly cpu: readonly CpuSample[];
  readonly queues: readonly QueueReading[];
  /** By stage: the integral that the probe keeps of the requests in it, request-seconds so far. */
  readonly stageSeconds: ReadonlyMap<string, readonly TimedValue[]>;
  /** Samples that the probe itself had taken so far. */
  readonly probeSamples: readonly TimedValue[];
};

export type CollectedInput = {
  readonly cell: Cell & { readonly load: ArrivalLoad };
  /** What all runners counted, merged. */
  readonly load: TracedLoad;
  readonly readings: CollectedReadings;
  /** ms between two readings, as Prometheus was told. */
  readonly scrapeMs: number;
  readonly loadCores: number;
};

export type Collected = {
  readonly measurement: Measurement;
  /** What keeps the replicate from counting beside the gates: readings that are missing, or of two processes. */
  readonly reasons: readonly Reason[];
  /** Between the two readings that everything is taken between, ms. */
  readonly spanMs: number;
  /** What a gate looks at: the server's readings, and the kernel's first one of the window. */
  readonly samples: readonly (ServerSample | KernelSample)[];
};

/** Readings within the window from which on a rate, a mean or a maximum over it can be told. */
const leastReadings = 4;

/**
 * What a replicate measured, as Prometheus has it. Sums, counts and integrals are exact however seldom it reads, since all of them
 * only grow: they are taken between a reading before the window, when the server is idle, and one after it, when it is empty again.
 * What would compare a moment of the generator's clock with one of the server's is not told: they are on different hosts.
 */
export function toCollected(input: CollectedInput): Collected {
  const { cell, load, scrapeMs } = input;
  const window = {
    startMs: load.windowStartMs,
    endMs: load.windowStartMs + cell.load.durationSeconds * 1000,
  };
  const readings = around(input.readings, window, load);
  const { server: serverSamples, kernel } = readings;
  const server = new ServerSeries(serverSamples, window.startMs);
  const inWindow = kernel.filter(({ atMs }) => atMs >= window.startMs && atMs <= window.endMs).length;
  const missed = missedReadings(kernel, scrapeMs);
  const acceptQueue = toQueue(readings, window, inWindow, missed);
  const hasOverflowed = (acceptQueue?.overflows ?? 0) > 0;
  const work = server.mean(workDuration);
  const { stages, residualMs, notMeasured } = toStages({
    cell,
    load,
    acceptQueue,
    connectionsAccepted: connectionsAccepted(kernel, window.startMs),
    letIn: null,
    hasOverflowed,
    process: processOf(readings, server),
    sentToStarted: null,
    offloadQueue: server.mean(offloadQueueWait),
    work,
    handler: rightHandlerTime(server),
    transit: null,
  });
  const cpu = toCpu(readings.cpu, window, input.loadCores);
  const completedPerSecond = load.completedInWindow / cell.load.durationSeconds;
  const ceilingPerSecond = toCeiling(cell, serviceTimeIn(server, window));
  const { mean, p50, p90, p99, max } = load.responseTime;
  const enough = inWindow >= leastReadings;
  const books = {
    cell,
    load,
    kernel,
    server,
    // A pod's network namespace is its own, and Prometheus' connections are in it.
    isolation: 'none' as const,
    drained: null,
    completedPerSecond,
    ceilingPerSecond,
    stages,
    residualMs,
  };
  const first = Math.min(...firstAndLast(serverSamples), ...firstAndLast(kernel));
  const last = Math.max(...firstAndLast(serverSamples), ...firstAndLast(kernel));
  return {
    measurement: {
      windowStartMs: load.windowStartMs,
      rates: {
        offeredPerSecond: offeredPerSecond(cell),
        acceptedPerSecond: enough ? acceptedPerSecond(kernel, window) : null,
        completedPerSecond,
      },
      acceptQueue,
      responseTimeMs: { mean, p50, p90, p99, max },
      responseHistogram: load.histogram,
      stages,
      residualMs,
      books: [
        ...requestBooks(books),
        ...connectionBooks(books),
        ...littleBooks(readings, server, load, window),
        ...timeBooks(books),
      ],
      kernel: toKernelDeltas(kernel, window.startMs),
      requests: requestsOf(load),
      schedulingLagMs: lagOf(load),
      ceilingPerSecond,
      serviceTimeMs: work === null || work.n === 0 ? null : { mean: work.meanMs, n: work.n },
      cpu,
      peak: toPeak(readings.cpu, window.startMs),
      serviceTimeByThirdMs: inWindow >= 3 * leastReadings ? serviceTimeByThird(server, window) : null,
      burst: null,
      silent: null,
      notMeasured: [...whatIsRough(readings, acceptQueue, enough), ...notMeasured, ...cpuNotMeasured(cpu)],
    },
    reasons: [...missingEnds(input.readings, readings, window, load, server), ...restarts(readings, window)],
    spanMs: Number.isFinite(last - first) ? last - first : 0,
    samples: [...serverSamples, ...kernel.filter(({ atMs }) => atMs >= window.startMs).slice(0, 1)],
  };
}

/** The readings from the last one before the window to the first one after it that finds the server empty; without such to the last of all. */
function around(all: CollectedReadings, window: Window, load: TracedLoad): CollectedReadings {
  const ended = all.server.find(
    (sample) => sample.atMs >= window.endMs && isEmpty(sample, all, window, load),
  );
  const emptyMs =
    all.kernel.find(
      ({ atMs, listeners }) =>
        atMs >= Math.max(window.endMs, ended?.atMs ?? Number.POSITIVE_INFINITY) &&
        listeners.every(({ queue }) => queue === 0),
    )?.atMs ?? Number.POSITIVE_INFINITY;
  const between = <T extends { readonly atMs: number }>(series: readonly T[], toMs: number): T[] => {
    const before = series.findLastIndex(({ atMs }) => atMs <= window.startMs);
    return series.slice(Math.max(0, before)).filter(({ atMs }) => atMs <= toMs);
  };
  return {
    server: between(all.server, ended?.atMs ?? Number.POSITIVE_INFINITY),
    kernel: between(all.kernel, emptyMs),
    cpu: between(all.cpu, emptyMs),
    queues: all.queues.map((queue) => ({ ...queue, seconds: between(queue.seconds, emptyMs) })),
    stageSeconds: new Map(
      [...all.stageSeconds].map(([stage, seconds]) => [stage, between(seconds, emptyMs)]),
    ),
    probeSamples: between(all.probeSamples, emptyMs),
  };
}

/** Nothing in the handler, and as much finished as the generator has had answered: no client is still on its way. */
function isEmpty(
  { values }: ServerSample,
  all: CollectedReadings,
  window: Window,
  load: TracedLoad,
): boolean {
  const count = `${requestDuration}_count`;
  const before = all.server.findLast(({ atMs }) => atMs <= window.startMs)?.values[count] ?? 0;
  const finished = values[count];
  if ((values[activeRequests] ?? 0) !== 0) return false;
  return finished === undefined || finished - before >= load.completed + load.shed + load.wrong;
}

const firstAndLast = (samples: readonly { readonly atMs: number }[]): number[] =>
  [samples[0], samples.at(-1)].flatMap((sample) => (sample === undefined ? [] : [sample.atMs]));

/** How far a counter grew; one that began later grew from zero, as a histogram without an observation. */
function growth(series: readonly TimedValue[]): number {
  const [first] = series;
  const last = series.at(-1);
  return first === undefined || last === undefined ? 0 : Math.max(0, last.value - first.value);
}

function toQueue(
  { kernel, queues }: CollectedReadings,
  window: Window,
  inWindow: number,
  missedSamples: number,
): AcceptQueue | null {
  if (kernel.length < 2 || queues.length === 0) return null;
  const enough = inWindow >= leastReadings;
  const overWindow = (seconds: readonly TimedValue[]) =>
    (valueAt(sinceWindowStart(seconds, window.startMs), window.endMs) ?? 0) /
    ((window.endMs - window.startMs) / 1000);
  const most = (lengths: readonly TimedValue[]) =>
    lengths.filter(({ atMs }) => atMs >= window.startMs).reduce((max, { value }) => Math.max(max, value), 0);
  const listeners: Listener[] = queues.map(({ address, inode, limit, seconds }) => ({
    address,
    inode,
    limit,
    mean: enough ? Math.max(0, overWindow(seconds)) : null,
    max: enough
      ? most(
          kernel.map(({ atMs, listeners: each }) => ({
            atMs,
            value: each.find((one) => one.inode === inode)?.queue ?? 0,
          })),
        )
      : null,
    connectionSeconds: growth(seconds),
  }));
  const sum = (of: (listener: Listener) => number | null) =>
    listeners.reduce<number | null>((total, each) => {
      const value = of(each);
      return total === null || value === null ? null : total + value;
    }, 0);
  return {
    mean: sum(({ mean }) => mean),
    max: enough ? most(queueSeries(kernel)) : null,
    limit: sum(({ limit }) => limit),
    overflows: kernel.some(({ counters }) => counters.listenOverflows !== null)
      ? growth(
          kernel.flatMap(({ atMs, counters: { listenOverflows } }) =>
            listenOverflows === null ? [] : [{ atMs, value: listenOverflows }],
          ),
        )
      : null,
    connectionSeconds: sum(({ connectionSeconds }) => connectionSeconds) ?? 0,
    samples: kernel.length,
    lateSamples: 0,
    missedSamples,
    listeners,
  };
}

/** Readings that did not come, at the pace that Prometheus was told. */
function missedReadings(kernel: readonly KernelSample[], scrapeMs: number): number {
  return kernel.reduce((missed, { atMs }, index) => {
    const before = kernel[index - 1]?.atMs ?? atMs;
    return missed + Math.max(0, Math.round((atMs - before) / scrapeMs) - 1);
  }, 0);
}

/** Accepted and not yet started: as the server sums it up, or by the integral that the probe keeps where it reads the server's metrics too. */
function processOf({ stageSeconds }: CollectedReadings, server: ServerSeries): Occupied | null {
  const summed = summedProcessWait(server);
  if (summed !== null) return summed;
  const seconds = stageSeconds.get('process');
  const started = server.total(requestsStarted);
  if (seconds === undefined || seconds.length < 2 || started === null || started <= 0) return null;
  return {
    meanMs: (growth(seconds) / started) * 1000,
    n: Math.round(started),
    source: 'integral of (connections accepted − requests started), as the probe keeps it',
  };
}

/** Little's law, where the probe keeps the integral and the server the sum of the waits. */
function littleBooks(
  { stageSeconds }: CollectedReadings,
  server: ServerSeries,
  load: TracedLoad,
  window: Window,
): Book[] {
  const integral = (stage: string) => {
    const seconds = stageSeconds.get(stage);
    return seconds === undefined || seconds.length < 2 ? null : growth(seconds);
  };
  const seconds = (window.endMs - window.startMs) / 1000;
  const [queued, working] = [integral('offload-queue'), integral('work')];
  const inHandler = working === null ? null : working + (queued ?? 0);
  return [
    littleBook({
      law: 'little-handler',
      says: 'integral of the requests in the handler, as the probe keeps it = sum of their times there',
      unit: 'request-seconds',
      left: inHandler,
      right: server.total(`${requestDuration}_sum`),
      seconds,
      load,
    }),
    littleBook({
      law: 'little-offload-queue',
      says: 'integral of the offload queue, as the probe keeps it = sum of the waits in it',
      unit: 'job-seconds',
      left: queued,
      right: server.total(`${offloadQueueWait}_sum`),
      seconds,
      load,
    }),
  ].filter((book) => book !== null);
}

const across =
  'Reply by itself, and what a full queue kept out beyond its SYNs: the generator’s clock and the server’s are on different hosts.';
const bySize =
  'p50, p90 and p99 of the response time are read off the runners’ merged histogram, 9 % too high at most; max, and those of the scheduling lag, are the upper bound of their bucket.';

/** What a run of one's own machine knows better, a sentence each. */
function whatIsRough(
  { kernel, probeSamples }: CollectedReadings,
  acceptQueue: AcceptQueue | null,
  enough: boolean,
): string[] {
  const readings = `Prometheus read the accept queue ${kernel.length} times, the probe the kernel ${growth(probeSamples)} times: integrals are the probe’s, the rest is of the readings.`;
  return [
    across,
    bySize,
    ...(acceptQueue === null ? ['Accept queue: Prometheus has no two readings of it.'] : [readings]),
    ...(enough || acceptQueue === null
      ? []
      : [
          `Accept queue’s mean and maximum, and accepted connections per second: fewer than ${leastReadings} readings fell into the window.`,
        ]),
  ];
}

/** A reading on either side is what every sum rests on. */
function missingEnds(
  all: CollectedReadings,
  { server, kernel }: CollectedReadings,
  window: Window,
  load: TracedLoad,
  series: ServerSeries,
): Reason[] {
  const fail = (reason: string): Reason => ({ gate: 'samples', reason });
  const reasons: Reason[] = [];
  for (const [who, samples] of [
    ['the server', all.server],
    ['the probe', all.kernel],
  ] as const) {
    const [first] = samples;
    const last = samples.at(-1);
    if (first === undefined || last === undefined) {
      reasons.push(fail(`${who} is read before, in and after the window; got no reading at all`));
    } else if (first.atMs > window.startMs) {
      reasons.push(
        fail(
          `${who} is read before the window; got its first reading ${apart(first.atMs, window.startMs)} after its start`,
        ),
      );
    } else if (last.atMs < window.endMs) {
      reasons.push(
        fail(
          `${who} is read after the window; got its last reading ${apart(window.endMs, last.atMs)} before its end`,
        ),
      );
    }
  }
  if (reasons.length > 0) return reasons;
  const ended = server.at(-1);
  if (ended !== undefined && !isEmpty(ended, all, window, load)) {
    reasons.push(fail('a reading finds the server empty after the window; got none'));
  }
  if ((kernel.at(-1)?.listeners ?? []).some(({ queue }) => queue > 0)) {
    reasons.push(fail('a reading finds the accept queue empty after the window; got none'));
  }
  const started = series.total(requestsStarted);
  if (started !== null && started > load.started) {
    reasons.push(
      fail(
        `the server is read between warm-up and window, when it is idle; got ${Math.round(started - load.started)} requests since the last reading that the runners did not measure`,
      ),
    );
  }
  return reasons;
}

const apart = (laterMs: number, earlierMs: number) => `${((laterMs - earlierMs) / 1000).toFixed(1)} s`;

/** One probe and the same listeners throughout; whether the server is one process the gates see in its counters. */
function restarts({ kernel, probeSamples }: CollectedReadings, { startMs }: Window): Reason[] {
  const back = probeSamples.findIndex(({ value }, index) => value < (probeSamples[index - 1]?.value ?? 0));
  if (back > 0) {
    return [
      {
        gate: 'restart',
        reason: 'the probe is the same process from start to end; got one that counts anew',
      },
    ];
  }
  const inodes = new Set(
    kernel.flatMap(({ atMs, listeners }) =>
      atMs < startMs
        ? []
        : [
            listeners
              .map(({ inode }) => inode)
              .sort((a, b) => a - b)
              .join(' '),
          ],
    ),
  );
  return inodes.size <= 1
    ? []
    : [
        {
          gate: 'restart',
          reason: `the server is the same process from start to end; got listening sockets ${[...inodes].map((each) => each || 'none').join(', then ')}`,
        },
      ];
}
