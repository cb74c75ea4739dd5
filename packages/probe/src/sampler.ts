import { Worker } from 'node:worker_threads';
import type { CpuSample, KernelSample } from '@acceptbench/results/sample';
import { type Guards, placeGuards } from './listenGuard.ts';
import { type FromSampler, type SamplerReport, type SamplerTask, sharedCell } from './samplerMessages.ts';

export type SamplerOptions = {
  /** Ports whose listeners are the server's. */
  ports: readonly number[];
  /** Absent: what the server's process uses is not sampled. */
  serverPid?: number;
  /** The load generator's pid while there is one: asked for twice a second. */
  loadPid?: () => number | undefined;
  /** ms between kernel samples; 20 when not given. */
  periodMs?: number;
  /** ms between the slower samples; 500 when not given. */
  cpuPeriodMs?: number;
  /** Called with each sample, in order of time, up to `cpuPeriodMs` after it was taken. */
  onSample: (sample: KernelSample | CpuSample) => void;
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

/** Guards that are placed at most, as a server's listeners come and go. */
const MOST_GUARDS = 8;

/**
 * Samples the accept queues, the counters of this network namespace, and what the processes use until stopped, in a thread of
 * its own: the first samples at once, kernel samples then at start + k × period. `atMs` is Unix ms of this thread's
 * performance.timeOrigin + performance.now(). Where the OS is not Linux there are no samples, and the report says what is
 * not measured.
 *
 * @throws RangeError for a period that is not above 0, or a port that is none; what the thread throws before its first sample
 */
export async function startSampler(options: SamplerOptions): Promise<Sampler> {
  const { ports, serverPid = null, loadPid, periodMs = 20, cpuPeriodMs = 500, onSample } = options;
  for (const [name, value] of Object.entries({ periodMs, cpuPeriodMs })) {
    if (!(value > 0)) throw new RangeError(`Cannot sample every ${value} ms: ${name} is a number above 0`);
  }
  if (process.platform !== 'linux') return notMeasuring();

  const guards = await startGuarding(ports);
  const memory = new Int32Array(new SharedArrayBuffer(4 * Object.keys(sharedCell).length));
  const unixMs = performance.timeOrigin + performance.now();
  const originMs = unixMs - Number(process.hrtime.bigint()) / 1e6;
  const task: SamplerTask = { ports, serverPid, periodMs, cpuPeriodMs, originMs, memory };
  const thread = new Worker(new URL('./samplerThread.ts', import.meta.url), { workerData: task });

  const begun = Promise.withResolvers<void>();
  const report = Promise.withResolvers<SamplerReport>();
  const failed = Promise.withResolvers<never>();
  // Whoever waits for one of them hears of it; the others need no hearer.
  for (const { promise } of [begun, report, failed]) promise.catch(() => undefined);
  let done = false;
  const fail = (error: Error) => {
    if (done) return;
    done = true;
    guards.close();
    for (const { reject } of [begun, report, failed]) reject(error);
  };
  thread.on('message', (message: FromSampler) => {
    if (message.kind === 'samples') {
      begun.resolve();
      Atomics.store(memory, sharedCell.loadPid, loadPid?.() ?? 0);
      for (const sample of message.samples) onSample(sample);
      if (!message.cheap) guards.place();
    } else {
      done = true;
      guards.close();
      const { notMeasured, ...rest } = message.report;
      report.resolve({ ...rest, notMeasured: [...notMeasured, ...guards.notes()] });
    }
  });
  thread.on('error', fail);
  thread.on('exit', () => fail(new Error('the sampler ended before it was stopped')));
  await begun.promise;

  return {
    latest: () => ({
      samples: Atomics.load(memory, sharedCell.samples),
      queue: Atomics.load(memory, sharedCell.queue),
    }),
    failed: failed.promise,
    stop() {
      Atomics.store(memory, sharedCell.stop, 1);
      Atomics.notify(memory, sharedCell.stop);
      return report.promise;
    },
    close: () => void thread.terminate(),
  };
}

/** Places guards, now and when they are asked for again: one round at a time. */
async function startGuarding(ports: readonly number[]) {
  const placed: Guards[] = [];
  let placing = false;
  let closed = false;
  const place = async () => {
    if (placing || placed.length >= MOST_GUARDS) return;
    placing = true;
    const guards = await placeGuards(ports);
    placing = false;
    if (closed) guards.close();
    else placed.push(guards);
  };
  await place();
  return {
    place: () => void place(),
    notes: () => [...new Set(placed.flatMap(({ notes }) => notes))],
    close() {
      closed = true;
      for (const guards of placed) guards.close();
    },
  };
}

function notMeasuring(): Sampler {
  const reason = `accept queues, kernel counters and CPU time: only Linux shows them, this is ${process.platform}`;
  const report = { kernelSamples: 0, late: 0, missed: 0, ownCpuShare: 0, notMeasured: [reason] };
  return {
    latest: () => ({ samples: 0, queue: 0 }),
    failed: new Promise(() => undefined),
    stop: async () => report,
    close: () => undefined,
  };
}
