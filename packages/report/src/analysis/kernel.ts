import { acceptedSoFar, totalQueue } from '@acceptbench/results/accepted';
import type { AcceptQueue } from '@acceptbench/results/replicate';
import type { KernelSample, Sample } from '@acceptbench/results/sample';
import { integrate, type TimedValue, timeWeightedMean, valueAt } from './integral.ts';

/** The measured window in Unix ms. */
export type Window = { readonly startMs: number; readonly endMs: number };

export function kernelSamples(samples: readonly Sample[]): KernelSample[] {
  return samples.filter((sample) => sample.kind === 'kernel');
}

/** Connections waiting at all listeners together, at each sample. */
export function queueSeries(samples: readonly KernelSample[]): TimedValue[] {
  return samples.map((sample) => ({ atMs: sample.atMs, value: totalQueue(sample) }));
}

/** A kernel counter over time; samples in which the kernel did not show it are left out. */
export function counterSeries(
  samples: readonly KernelSample[],
  name: keyof KernelSample['counters'],
): TimedValue[] {
  return samples.flatMap(({ atMs, counters }) => {
    const value = counters[name];
    return value === null ? [] : [{ atMs, value }];
  });
}

/**
 * Growth of a cumulative counter from the last sample at or before `fromMs` (the server is idle then, so nothing happens
 * between that sample and the window) to the last sample of all; null with fewer than two samples. Never negative.
 */
export function growthSince(series: readonly TimedValue[], fromMs: number): number | null {
  const first = series.findLast((sample) => sample.atMs <= fromMs) ?? series[0];
  const last = series.at(-1);
  if (first === undefined || last === undefined || first === last) return null;
  return Math.max(0, last.value - first.value);
}

/**
 * Connections that came to the server from window start until it was empty: what the kernel opened passively. As the accept
 * queue is empty at both ends, each of them was accepted. Null where the kernel does not say.
 */
export function connectionsAccepted(samples: readonly Sample[], windowStartMs: number): number | null {
  return growthSince(counterSeries(kernelSamples(samples), 'passiveOpens'), windowStartMs);
}

/**
 * Connections per second taken off the accept queue within the window: those that came, less those by which the queue
 * grew. Both ends are interpolated between the samples around them. Null where the kernel does not say.
 */
export function acceptedPerSecond(samples: readonly KernelSample[], window: Window): number | null {
  const taken = samples.flatMap((sample): TimedValue[] => {
    const value = acceptedSoFar(sample);
    return value === null ? [] : [{ atMs: sample.atMs, value }];
  });
  if (taken.length < 2) return null;
  const start = valueAt(taken, window.startMs);
  const end = valueAt(taken, window.endMs);
  if (start === null || end === null || window.endMs <= window.startMs) return null;
  return Math.max(0, end - start) / ((window.endMs - window.startMs) / 1000);
}

/** The accept queue over the window and until the last sample, when it is empty; null without a sample of it. */
export function toAcceptQueue(
  samples: readonly KernelSample[],
  window: Window,
  limit: number | null,
  { late, missed }: { readonly late: number; readonly missed: number },
): AcceptQueue | null {
  const queue = queueSeries(samples);
  const measured = queue.filter((sample) => sample.atMs >= window.startMs);
  const last = measured.at(-1);
  if (last === undefined) return null;
  const mean = timeWeightedMean(queue, window.startMs, window.endMs);
  const connectionSeconds = integrate(queue, window.startMs, Math.max(window.endMs, last.atMs));
  if (mean === null || connectionSeconds === null) return null;
  return {
    mean,
    max: measured.reduce((max, sample) => Math.max(max, sample.value), 0),
    limit,
    overflows: growthSince(counterSeries(samples, 'listenOverflows'), window.startMs),
    connectionSeconds,
    samples: measured.length,
    lateSamples: late,
    missedSamples: missed,
  };
}
