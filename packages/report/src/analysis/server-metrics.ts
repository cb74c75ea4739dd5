import type { Sample, ServerSample } from '@acceptbench/results/sample';

/** Histograms of the server's exposition that hold a stage's time; their `_sum` is in seconds. */
export const offloadQueueWait = 'acceptbench_offload_queue_wait_seconds';
export const workDuration = 'acceptbench_work_duration_seconds';

/** A mean in ms over `n` observations. */
export type MeanOf = { readonly meanMs: number; readonly n: number };

/**
 * Mean of a histogram's observations from window start to the last sample, from the growth of its `_sum` and `_count`. The
 * first sample is the last one at or before window start: the server is idle then. Null where the server does not expose
 * it; `n` is 0 (and the mean 0) where it does and nothing was observed.
 */
export function meanOfHistogram(
  samples: readonly Sample[],
  name: string,
  windowStartMs: number,
): MeanOf | null {
  const server = samples.filter((sample): sample is ServerSample => sample.kind === 'server');
  const last = server.at(-1);
  const sumEnd = last?.values[`${name}_sum`];
  const countEnd = last?.values[`${name}_count`];
  if (last === undefined || sumEnd === undefined || countEnd === undefined) return null;
  const first = server.findLast((sample) => sample.atMs <= windowStartMs) ?? server[0];
  // A histogram without an observation may not be exposed yet: before its first one it stands at zero.
  const n = Math.round(countEnd - (first?.values[`${name}_count`] ?? 0));
  const seconds = sumEnd - (first?.values[`${name}_sum`] ?? 0);
  return n > 0 ? { meanMs: (seconds / n) * 1000, n } : { meanMs: 0, n: 0 };
}
