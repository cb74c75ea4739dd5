import { type Cell, offeredPerSecond } from '@acceptbench/results/cell';
import { isTraced, type LoadResult, type TracedLoad } from '@acceptbench/results/load';
import type { AcceptQueue, Measurement } from '@acceptbench/results/measurement';
import type { Isolation, Link } from '@acceptbench/results/run';
import type { KernelSample, Sample } from '@acceptbench/results/sample';
import { type DrainedTotals, toBooks } from './books.ts';
import { cpuNotMeasured, toCpu, toPeak } from './cpu.ts';
import {
  acceptedPerSecond,
  burstAcceptedMs,
  connectionsAccepted,
  counterSeries,
  kernelSamples,
  type Limits,
  queueSeries,
  toAcceptQueue,
  toKernelDeltas,
  type Window,
} from './kernel.ts';
import { hasOverflowed, processWait, replyTransit, sentToStarted, untilLetIn } from './occupancy.ts';
import { offloadQueueWait, rightHandlerTime, ServerSeries, workDuration } from './server-metrics.ts';
import { toStages } from './stages.ts';

export type MeasurementInput = {
  readonly cell: Cell;
  readonly load: LoadResult;
  /** In order of time, from before the window until the server was empty and idle. */
  readonly samples: readonly Sample[];
  /** Effective backlogs. */
  readonly limits: Limits;
  /** Cores that the load generator may use. */
  readonly loadCores: number;
  readonly isolation: Isolation['mode'];
  /** What lies between the load generator and the server, where they are on two hosts. */
  readonly link?: Link | undefined;
  readonly drained: DrainedTotals | null;
  /** Why the kernel shows nothing here; absent where it does. */
  readonly kernelUnavailable?: string;
  /** Kernel samples that came late, and that did not come at all. */
  readonly samplerReport: { readonly late: number; readonly missed: number };
};

/**
 * What a replicate measured: rates over the window [start, start + duration]; the accept queue, the stages and CPU from
 * window start until the server was empty. Nothing is judged here: that is for the gates. What is missing is null or left
 * out, with a sentence in `notMeasured`.
 */
export function toMeasurement(input: MeasurementInput): Measurement {
  const { cell, load, samples } = input;
  const window = {
    startMs: load.windowStartMs,
    endMs: load.windowStartMs + cell.load.durationSeconds * 1000,
  };
  const kernel = toKernelFigures(input, window);
  const server = new ServerSeries(samples, window.startMs);
  const work = server.mean(workDuration);
  const overflowed = hasOverflowed(kernelSamples(samples), window.startMs);
  const isDelayed = input.link !== undefined && input.link.delayMs + input.link.lossPercent > 0;
  const { stages, residualMs, notMeasured } = toStages({
    cell,
    load,
    acceptQueue: kernel.acceptQueue,
    connectionsAccepted: connectionsAccepted(samples, window.startMs),
    // Of kept connections the generator opened one before it sent most of its requests.
    letIn:
      overflowed || (isDelayed && cell.policy === 'close') ? untilLetIn(kernelSamples(samples), load) : null,
    hasOverflowed: overflowed,
    process: processWait(server, kernelSamples(samples), window.startMs),
    sentToStarted: sentToStarted(server, load),
    offloadQueue: server.mean(offloadQueueWait),
    work,
    handler: rightHandlerTime(server),
    transit: replyTransit(server, load),
  });
  const cpu = toCpu(samples, window, input.loadCores);
  const completedPerSecond = load.completedInWindow / cell.load.durationSeconds;
  const ceilingPerSecond = toCeiling(cell, serviceTimeIn(server, window));
  const { mean, p50, p90, p99, max } = load.responseTime;
  return {
    windowStartMs: load.windowStartMs,
    rates: {
      offeredPerSecond: offeredPerSecond(cell),
      acceptedPerSecond: kernel.acceptedPerSecond,
      completedPerSecond,
    },
    acceptQueue: kernel.acceptQueue,
    responseTimeMs: { mean, p50, p90, p99, max },
    responseHistogram: load.histogram,
    stages,
    residualMs,
    books: toBooks({
      cell,
      load,
      kernel: input.kernelUnavailable === undefined ? kernelSamples(samples) : [],
      server,
      isolation: input.isolation,
      drained: input.drained,
      completedPerSecond,
      ceilingPerSecond,
      stages,
      residualMs,
    }),
    kernel: toKernelDeltas(kernelSamples(samples), window.startMs),
    requests: requestsOf(load),
    schedulingLagMs: isTraced(load) ? lagOf(load) : null,
    ceilingPerSecond,
    serviceTimeMs: work === null || work.n === 0 ? null : { mean: work.meanMs, n: work.n },
    cpu,
    peak: toPeak(samples, window.startMs),
    serviceTimeByThirdMs: serviceTimeByThird(server, window),
    burst:
      load.burst === null
        ? null
        : {
            acceptedMs: burstAcceptedMs(kernelSamples(samples), window.startMs, load.burst.connected),
            ...load.burst,
          },
    silent: load.silent,
    notMeasured: [
      ...kernel.notMeasured,
      ...(input.link === undefined ? [] : [synsElsewhere]),
      ...notMeasured,
      ...cpuNotMeasured(cpu),
    ],
  };
}

export function requestsOf(load: LoadResult): Measurement['requests'] {
  const { started, dropped, completed, errored, wrong, shed, shedMs } = load;
  const shedMeanMs = shed === 0 ? null : shedMs / shed;
  return { started, dropped, completed, failed: errored + wrong, shed, shedMeanMs };
}

export function lagOf({ schedulingLag: { mean, p99, max } }: TracedLoad): Measurement['schedulingLagMs'] {
  return { mean, p99, max };
}

const synsElsewhere =
  'SYNs that the client sent again: its own host counts them; what is counted here are the server’s SYN-ACKs.';

/** What is missing where the kernel lacks a counter. */
const uncounted = [
  ['listenOverflows', 'Accept queue overflows'],
  ['listenDrops', 'Connections dropped for want of a place'],
  ['synRetrans', 'SYNs sent again'],
  ['reqQFullDrop', 'SYNs dropped by a full queue of handshakes'],
  ['reqQFullDoCookies', 'SYNs answered with a cookie'],
  ['deferAcceptDrop', 'Handshakes that a listener deferred'],
] as const satisfies readonly (readonly [keyof KernelSample['counters'], string])[];

type KernelFigures = {
  acceptedPerSecond: number | null;
  acceptQueue: AcceptQueue | null;
  notMeasured: string[];
};

function toKernelFigures(input: MeasurementInput, window: Window): KernelFigures {
  if (input.kernelUnavailable !== undefined) {
    const why = `Accept queue and accepted connections: ${input.kernelUnavailable}`;
    return { acceptedPerSecond: null, acceptQueue: null, notMeasured: [why] };
  }
  const samples = kernelSamples(input.samples);
  const notMeasured: string[] = [];
  const accepted = acceptedPerSecond(samples, window);
  if (accepted === null)
    notMeasured.push('Accepted connections: the kernel did not say how many were opened.');
  const acceptQueue = toAcceptQueue(samples, window, input.limits, input.samplerReport);
  if (acceptQueue === null) {
    notMeasured.push('Accept queue: there is no kernel sample in the measured window.');
    return { acceptedPerSecond: accepted, acceptQueue, notMeasured };
  }
  if (input.limits.total === null) {
    notMeasured.push('Accept queue limit: neither the kernel nor the server said.');
  }
  for (const [name, what] of uncounted) {
    if (counterSeries(samples, name).length < 2) notMeasured.push(`${what}: the kernel does not count them.`);
  }
  const left = queueSeries(samples).at(-1)?.value ?? 0;
  if (left > 0) {
    notMeasured.push(
      `Accept queue: ${left} connections still waited at the last sample; their wait is short.`,
    );
  }
  return { acceptedPerSecond: accepted, acceptQueue, notMeasured };
}

/** Mean service time of what was done within the window, ms: it may be another while the server drains. Of all, where the window has none. */
export function serviceTimeIn(server: ServerSeries, { startMs, endMs }: Window): number | null {
  return server.meanBetween(workDuration, startMs, endMs) ?? server.mean(workDuration)?.meanMs ?? null;
}

/**
 * CPU workers / mean service time, per second; null without work. An inline loop is one worker. By the utilization law (Denning and
 * Buzen 1978, "The Operational Analysis of Queueing Network Models": U = X S, and a worker is busy all the time at most) nothing
 * completes more. Free cores are not in it: where workers share a core, their service times, which are wall time, are longer for it.
 */
export function toCeiling(cell: Cell, serviceTimeMs: number | null): number | null {
  if (serviceTimeMs === null || serviceTimeMs <= 0) return null;
  const workers = cell.topology === 'inline' ? 1 : cell.workers;
  return (workers / serviceTimeMs) * 1000;
}

/** Mean service time in each third of the window; null when one of them has none. */
export function serviceTimeByThird(
  server: ServerSeries,
  { startMs, endMs }: Window,
): [number, number, number] | null {
  const third = (endMs - startMs) / 3;
  const [first, second, last] = [0, 1, 2].map((index) =>
    server.meanBetween(workDuration, startMs + index * third, startMs + (index + 1) * third),
  );
  if (first == null || second == null || last == null) return null;
  return [first, second, last];
}
