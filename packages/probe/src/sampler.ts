import { Worker } from 'node:worker_threads';
import type { CpuSample, KernelSample } from '@acceptbench/results/sample';
import { clockDifference, systemClockMs } from './clocks.ts';
import { findPlace, startGuarding } from './listenGuard.ts';
import {
  type FromSampler,
  type SamplerReport,
  type SamplerTask,
  type SamplerThreadData,
  sharedCell,
} from './samplerMessages.ts';

export type SamplerOptions = {
  /** Ports whose listeners are the server's. */
  ports: readonly number[];
  /** Absent: what the server's process uses is not sampled. */
  serverPid?: number;
  /** The load generator's pid while there is one: asked for once a second. */
  loadPid?: () => number | undefined;
  /** ms between kernel samples; 20 when not given. */
  periodMs?: number;
  /** ms between the slower samples; 500 when not given. */
  cpuPeriodMs?: number;
  /** True where somebody watches: samples are then handed over every 100 ms, and not every two `cpuPeriodMs`, which costs less. */
  isWatched?: boolean;
  /** Called with each sample, in order of time, within two `cpuPeriodMs` of its being taken. */
  onSample: (sample: KernelSample | CpuSample) => void;
};

/** A sampler that rehearses, so that it costs little from its first sample on. */
export type PreparedSampler = {
  /** A free port at which a server is the cheapest to sample, in a namespace of one's own (see `findPlace`); null where there is none. */
  readonly port: number | null;
  /** To be called once. @throws RangeError for a period that is not above 0, or a port that is none; what the thread throws before its first sample */
  start(options: SamplerOptions): Promise<Sampler>;
  /** Ends it at once, whatever it does. */
  close(): void;
};

export type Sampler = {
  /** How many kernel samples there are by now, and the connections waiting at all listeners in the last of them. */
  latest(): { samples: number; queue: number };
  /** Rejects when sampling goes wrong; never resolves. */
  readonly failed: Promise<never>;
  /** Takes one last sample of each kind, and says how it went. A second call gives the same. @throws as `failed` */
  stop(): Promise<SamplerReport>;
  /** Ends it at once, whatever it does; after `stop` there is nothing left to end. */
  close(): void;
};

/** Starts sampling at once: see `prepareSampler`, which costs less where there is time to. @throws as its `start` */
export async function startSampler(options: SamplerOptions): Promise<Sampler> {
  const prepared = await prepareSampler({ rehearse: false });
  try {
    return await prepared.start(options);
  } catch (error) {
    prepared.close();
    throw error;
  }
}

/**
 * Samples the accept queues, the counters of this network namespace, and what the processes use until stopped, in a thread of
 * its own: the first samples at once, kernel samples then at start + k × period. `atMs` is Unix ms of this thread's
 * performance.timeOrigin + performance.now(). Where the OS is not Linux there are no samples, and the report says what is
 * not measured. The thread rehearses until it is started, or done.
 */
export async function prepareSampler(options: { rehearse: boolean }): Promise<PreparedSampler> {
  if (process.platform !== 'linux') return notMeasuring;
  const place = options.rehearse ? await findPlace() : null;
  const memory = new Int32Array(new SharedArrayBuffer(4 * Object.keys(sharedCell).length));
  const originMs = clockDifference(() => performance.timeOrigin + performance.now(), systemClockMs);
  const workerData: SamplerThreadData = { originMs, memory, rehearsalPort: place?.guardPort ?? null };
  const thread = new Worker(new URL('./samplerThread.ts', import.meta.url), { workerData });
  const failed = Promise.withResolvers<never>();
  // Whoever waits for it hears of it; without a sampler that was started nobody does.
  failed.promise.catch(() => undefined);
  thread.on('error', failed.reject);
  thread.on('exit', () => failed.reject(new Error('the sampler ended before it was stopped')));
  const close = () => {
    place?.close();
    void thread.terminate();
  };
  return {
    port: place?.port ?? null,
    start: async (started) => ({ ...(await run(started, thread, memory, failed.promise)), close }),
    close,
  };
}

async function run(
  {
    ports,
    serverPid,
    loadPid,
    periodMs = 20,
    cpuPeriodMs = 500,
    isWatched = false,
    onSample,
  }: SamplerOptions,
  thread: Worker,
  memory: Int32Array,
  failed: Promise<never>,
): Promise<Omit<Sampler, 'close'>> {
  for (const [name, value] of Object.entries({ periodMs, cpuPeriodMs })) {
    if (!(value > 0)) throw new RangeError(`Cannot sample every ${value} ms: ${name} is a number above 0`);
  }
  const guards = await startGuarding(ports);
  failed.catch(() => guards.close());
  const begun = Promise.withResolvers<void>();
  const report = Promise.withResolvers<SamplerReport>();
  thread.on('message', (message: FromSampler) => {
    if (message.kind === 'samples') {
      begun.resolve();
      Atomics.store(memory, sharedCell.loadPid, loadPid?.() ?? 0);
      for (const sample of message.samples) onSample(sample);
      if (!message.cheap) guards.place();
    } else {
      guards.close();
      const { notMeasured, ...rest } = message.report;
      report.resolve({ ...rest, notMeasured: [...notMeasured, ...guards.notes()] });
    }
  });
  const task: SamplerTask = { ports, serverPid: serverPid ?? null, periodMs, cpuPeriodMs, isWatched };
  thread.postMessage(task);
  await Promise.race([begun.promise, failed]);

  return {
    latest: () => ({
      samples: Atomics.load(memory, sharedCell.samples),
      queue: Atomics.load(memory, sharedCell.queue),
    }),
    failed,
    stop() {
      Atomics.store(memory, sharedCell.stop, 1);
      Atomics.notify(memory, sharedCell.stop);
      return Promise.race([report.promise, failed]);
    },
  };
}

const notMeasuring: PreparedSampler = {
  port: null,
  async start() {
    const reason = `accept queues, kernel counters and CPU time: only Linux shows them, this is ${process.platform}`;
    const report = { kernelSamples: 0, late: 0, missed: 0, ownCpuShare: 0, notMeasured: [reason] };
    return {
      latest: () => ({ samples: 0, queue: 0 }),
      failed: new Promise(() => undefined),
      stop: async () => report,
      close: () => undefined,
    };
  },
  close: () => undefined,
};
