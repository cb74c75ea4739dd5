import type { Cell } from '@acceptbench/results/cell';
import type { LoadResult } from '@acceptbench/results/load';
import type { AcceptQueue, Cpu, Measurement } from '@acceptbench/results/replicate';
import type { CpuSample, Sample } from '@acceptbench/results/sample';
import { type TimedValue, valueAt } from './integral.ts';
import {
  acceptedPerSecond,
  connectionsAccepted,
  counterSeries,
  kernelSamples,
  queueSeries,
  toAcceptQueue,
  type Window,
} from './kernel.ts';
import { type MeanOf, meanOfHistogram, offloadQueueWait, workDuration } from './server-metrics.ts';
import { toStages } from './stages.ts';

export type MeasurementInput = {
  readonly cell: Cell;
  readonly load: LoadResult;
  /** In order of time, from before the window until the server was empty and idle. */
  readonly samples: readonly Sample[];
  /** Effective backlog, the sum over the listeners; null where nobody says. */
  readonly queueLimit: number | null;
  /** Cores left beside the load generator. */
  readonly freeCores: number;
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
  const work = meanOfHistogram(samples, workDuration, window.startMs);
  const { stages, notMeasured } = toStages({
    cell,
    load,
    acceptQueue: kernel.acceptQueue,
    connectionsAccepted: connectionsAccepted(samples, window.startMs),
    offloadQueue: meanOfHistogram(samples, offloadQueueWait, window.startMs),
    work,
  });
  const cpu = toCpu(samples, window.startMs);
  const { mean, p50, p90, p99, max } = load.responseTime;
  return {
    windowStartMs: load.windowStartMs,
    rates: {
      offeredPerSecond: cell.load.ratePerSecond,
      acceptedPerSecond: kernel.acceptedPerSecond,
      completedPerSecond: load.completedInWindow / cell.load.durationSeconds,
    },
    acceptQueue: kernel.acceptQueue,
    responseTimeMs: { mean, p50, p90, p99, max },
    stages,
    requests: {
      started: load.started,
      dropped: load.dropped,
      completed: load.completed,
      failed: load.errored + load.wrong,
    },
    schedulingLagMs: {
      mean: load.schedulingLag.mean,
      p99: load.schedulingLag.p99,
      max: load.schedulingLag.max,
    },
    ceilingPerSecond: toCeiling(cell, input.freeCores, work),
    serviceTimeMs: work === null || work.n === 0 ? null : { mean: work.meanMs, n: work.n },
    cpu,
    notMeasured: [...kernel.notMeasured, ...notMeasured, ...cpuNotMeasured(cpu)],
  };
}

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
  const acceptQueue = toAcceptQueue(samples, window, input.queueLimit, input.samplerReport);
  if (acceptQueue === null) {
    notMeasured.push('Accept queue: there is no kernel sample in the measured window.');
    return { acceptedPerSecond: accepted, acceptQueue, notMeasured };
  }
  if (input.queueLimit === null) {
    notMeasured.push('Accept queue limit: neither the kernel nor the server said.');
  }
  if (counterSeries(samples, 'listenOverflows').length < 2) {
    notMeasured.push('Accept queue overflows: the kernel does not count them.');
  }
  const left = queueSeries(samples).at(-1)?.value ?? 0;
  if (left > 0) {
    notMeasured.push(
      `Accept queue: ${left} connections still waited at the last sample; their wait is short.`,
    );
  }
  return { acceptedPerSecond: accepted, acceptQueue, notMeasured };
}

/** min(CPU workers, free cores) / mean service time, per second; null without work. An inline loop is one worker. */
function toCeiling(cell: Cell, freeCores: number, work: MeanOf | null): number | null {
  if (work === null || work.meanMs <= 0) return null;
  const workers = cell.topology === 'inline' ? 1 : cell.workers;
  return (Math.min(workers, freeCores) / work.meanMs) * 1000;
}

function toCpu(samples: readonly Sample[], windowStartMs: number): Cpu {
  const cpu = samples.filter((sample): sample is CpuSample => sample.kind === 'cpu');
  const used = (who: 'server' | 'load') => {
    const series = cpu.flatMap(({ atMs, [who]: value }): TimedValue[] =>
      value === null ? [] : [{ atMs, value }],
    );
    const start = valueAt(series, windowStartMs);
    const last = series.at(-1);
    return start === null || last === undefined || series.length < 2 ? null : Math.max(0, last.value - start);
  };
  const end = cpu.at(-1)?.atMs ?? windowStartMs;
  return {
    serverSeconds: used('server'),
    loadSeconds: used('load'),
    spanSeconds: Math.max(0, (end - windowStartMs) / 1000),
  };
}

function cpuNotMeasured(cpu: Cpu): string[] {
  return [
    ...(cpu.serverSeconds === null ? ['CPU of the server: the system did not say.'] : []),
    ...(cpu.loadSeconds === null ? ['CPU of the load generator: the system did not say.'] : []),
  ];
}
