/**
 * The thread that samples. It blocks between samples instead of running an event loop: waking from that costs half of what a
 * timer does, and no other work of the process makes a sample late.
 */
import { parentPort, workerData } from 'node:worker_threads';
import type { CpuSample, KernelSample } from '@acceptbench/results/sample';
import { openProbes } from './probes.ts';
import { type FromSampler, type SamplerTask, sharedCell } from './samplerMessages.ts';
import { runTicks } from './ticks.ts';

/** Kernel samples between two with all counters: 100 ms. */
const COUNTERS_EVERY = 5;
/**
 * Ticks at the start whose samples are thrown away, one after the other, some 100 ms in all: by then the code that runs 50 times
 * a second is compiled. Without them a sample costs a third more for the first seconds.
 */
const REHEARSALS = 300;
const REHEARSE_CPU_EVERY = 10;

const task: SamplerTask = workerData;
const { ports, serverPid, periodMs, cpuPeriodMs, originMs, memory } = task;
const send = (message: FromSampler) => parentPort?.postMessage(message);

// One clock for all threads: this thread's own starts when it does, and the wall clock may have been set meanwhile.
const offsetMs = originMs + Number(process.hrtime.bigint()) / 1e6 - performance.now();
const now = () => offsetMs + performance.now();
const cpuEvery = Math.max(1, Math.round(cpuPeriodMs / periodMs));

const probes = openProbes({
  ports,
  serverPid,
  loadPid: () => Atomics.load(memory, sharedCell.loadPid),
});

let rehearsals = REHEARSALS;
let samples: (KernelSample | CpuSample)[] = [];
let kernelSamples = 0;
let nextCpuTick = 0;

const wait = (ms: number) => {
  if (rehearsals > 0) return --rehearsals > 0;
  return Atomics.wait(memory, sharedCell.stop, 0, ms) === 'timed-out';
};
const sampleKernel = (sample: KernelSample) => {
  samples.push(sample);
  kernelSamples += 1;
  let queue = 0;
  for (const listener of sample.listeners) queue += listener.queue;
  Atomics.store(memory, sharedCell.queue, queue);
  Atomics.store(memory, sharedCell.samples, kernelSamples);
};
/** The slower sample; and what was sampled so far is handed over. */
const sampleCpu = () => {
  samples.push(probes.cpu(now(), Date.now()));
  if (rehearsals === 0) send({ kind: 'samples', samples, cheap: probes.isCheap() });
  samples = [];
};
const onTick = (tick: number, atMs: number) => {
  sampleKernel(probes.kernel(atMs, kernelSamples % COUNTERS_EVERY === 0));
  // Behind the kernel's, so that its work does not stand between that and the time it was due.
  if (tick < nextCpuTick) return;
  nextCpuTick = tick + (rehearsals > 0 ? REHEARSE_CPU_EVERY : cpuEvery);
  sampleCpu();
};

runTicks(0.001, now, wait, onTick);
samples = [];
kernelSamples = 0;
nextCpuTick = 0;
const usedBefore = process.threadCpuUsage();
const startMs = now();
const ticks = runTicks(periodMs, now, wait, onTick);
sampleKernel(probes.wholeKernel(now()));
sampleCpu();
const { user, system } = process.threadCpuUsage(usedBefore);
const ownCpuShare = (user + system) / 1000 / (now() - startMs);
send({ kind: 'done', report: { kernelSamples, ...ticks, ownCpuShare, notMeasured: probes.notes() } });
probes.close();
