import type { CpuSample, KernelSample } from '@acceptbench/results/sample';

/** What the sampling thread knows from its start. */
export type SamplerThreadData = {
  /** Unix ms at which the process's monotonic clock (`process.hrtime`) stood at 0. */
  readonly originMs: number;
  /** Shared with the thread that started it; `sharedCell` says what is where. */
  readonly memory: Int32Array;
  /** A port that is listened on, to rehearse with; null: there is no rehearsal. */
  readonly rehearsalPort: number | null;
};

/** What it is to do, once there is a server. */
export type SamplerTask = {
  readonly ports: readonly number[];
  readonly serverPid: number | null;
  readonly periodMs: number;
  readonly cpuPeriodMs: number;
  readonly isWatched: boolean;
};

/** Cells of the shared memory: what the sampler is told, and what it shows while it samples. */
export const sharedCell = { stop: 0, loadPid: 1, samples: 2, queue: 3 } as const;

export type FromSampler =
  | {
      /** Once a second, more often where somebody watches, and at the end; the first says that sampling has begun. In order of time. */
      readonly kind: 'samples';
      readonly samples: readonly (KernelSample | CpuSample)[];
      /** False where each kernel sample walks the socket table, for want of a guard. */
      readonly cheap: boolean;
    }
  | { readonly kind: 'done'; readonly report: SamplerReport };

export type SamplerReport = {
  /** Kernel samples that were taken; those more than half a period after they were due; and those that were not taken. */
  readonly kernelSamples: number;
  readonly late: number;
  readonly missed: number;
  /** CPU time of the sampling thread, as a share of one core. */
  readonly ownCpuShare: number;
  /** What could not be measured here, a sentence each. */
  readonly notMeasured: readonly string[];
};
