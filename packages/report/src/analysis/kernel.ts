import { acceptedSoFar, totalQueue } from '@acceptbench/results/accepted';
import type { AcceptQueue, KernelDeltas, Listener } from '@acceptbench/results/measurement';
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

/** Connections that left the accept queue, up to a constant; samples without PassiveOpens are left out. */
export function acceptedSeries(samples: readonly KernelSample[]): TimedValue[] {
  return samples.flatMap((sample): TimedValue[] => {
    const value = acceptedSoFar(sample);
    return value === null ? [] : [{ atMs: sample.atMs, value }];
  });
}

/** A kernel counter over time; samples that do not have it are left out. */
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
 * A cumulative series over time as what it grew by since window start. Before the window the server is idle, so it stood at
 * its last value there: interpolated across the window's start it would count arrivals that were still to come. Empty
 * without a sample.
 */
export function sinceWindowStart(series: readonly TimedValue[], windowStartMs: number): TimedValue[] {
  const before = series.findLast(({ atMs }) => atMs <= windowStartMs) ?? series[0];
  if (before === undefined) return [];
  return [
    { atMs: windowStartMs, value: 0 },
    ...series.flatMap(({ atMs, value }) =>
      atMs <= windowStartMs ? [] : [{ atMs, value: value - before.value }],
    ),
  ];
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
 * grew; the end is interpolated between the samples around it. Null where the kernel does not say.
 */
export function acceptedPerSecond(samples: readonly KernelSample[], window: Window): number | null {
  const taken = acceptedSeries(samples);
  if (taken.length < 2) return null;
  const end = valueAt(sinceWindowStart(taken, window.startMs), window.endMs);
  if (end === null || window.endMs <= window.startMs) return null;
  return Math.max(0, end) / ((window.endMs - window.startMs) / 1000);
}

/** Effective backlogs, in connections: of all listeners together (null where nobody says), and of each whose socket is known. */
export type Limits = {
  readonly total: number | null;
  readonly each: readonly { readonly inode: number; readonly limit: number }[];
};

/** The accept queue over the window and until the last sample, when it is empty; null without a sample of it. */
export function toAcceptQueue(
  samples: readonly KernelSample[],
  window: Window,
  limits: Limits,
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
    limit: limits.total,
    overflows: growthSince(counterSeries(samples, 'listenOverflows'), window.startMs),
    connectionSeconds,
    samples: measured.length,
    lateSamples: late,
    missedSamples: missed,
    listeners: toListeners(samples, window, limits),
  };
}

/** Each listener's own queue, in the order in which they are first seen; while it is not seen its queue is empty. */
function toListeners(samples: readonly KernelSample[], window: Window, limits: Limits): Listener[] {
  const seen = new Map<number, string>();
  for (const { listeners } of samples) for (const { inode, address } of listeners) seen.set(inode, address);
  return [...seen].flatMap(([inode, address]) => {
    const series = samples.map(({ atMs, listeners }) => ({
      atMs,
      value: listeners.find((each) => each.inode === inode)?.queue ?? 0,
    }));
    const measured = series.filter(({ atMs }) => atMs >= window.startMs);
    const end = Math.max(window.endMs, measured.at(-1)?.atMs ?? window.endMs);
    const mean = timeWeightedMean(series, window.startMs, window.endMs);
    const connectionSeconds = integrate(series, window.startMs, end);
    if (mean === null || connectionSeconds === null) return [];
    const max = measured.reduce((most, { value }) => Math.max(most, value), 0);
    const limit = limits.each.find((each) => each.inode === inode)?.limit ?? null;
    return [{ address, inode, limit, mean, max, connectionSeconds }];
  });
}

/** What the kernel counted from window start to the last sample. */
export function toKernelDeltas(samples: readonly KernelSample[], windowStartMs: number): KernelDeltas {
  const grown = (name: keyof KernelSample['counters']) =>
    growthSince(counterSeries(samples, name), windowStartMs);
  return {
    synRetrans: grown('synRetrans'),
    listenDrops: grown('listenDrops'),
    reqQFullDrop: grown('reqQFullDrop'),
    reqQFullDoCookies: grown('reqQFullDoCookies'),
    deferAcceptDrop: grown('deferAcceptDrop'),
  };
}

/**
 * When as many connections had been accepted as a burst had, in ms since the window's start; the resolution is that of the
 * samples. A normal request that came among them counts as one of them, so it is early by as many accepts as there were of
 * those. Null where the kernel does not say, when not so many were, or when the burst had no connection.
 */
export function burstAcceptedMs(
  samples: readonly KernelSample[],
  windowStartMs: number,
  connected: number,
): number | null {
  const taken = sinceWindowStart(acceptedSeries(samples), windowStartMs);
  const last = connected === 0 ? undefined : taken.find(({ value }) => value >= connected);
  return last === undefined ? null : last.atMs - windowStartMs;
}
