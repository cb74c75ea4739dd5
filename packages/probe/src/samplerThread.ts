/**
 * The thread that samples. It blocks between samples instead of running an event loop: waking from that costs half of what a
 * timer does, and no other work of the process makes a sample late.
 */
import { parentPort, workerData } from 'node:worker_threads';
import type { CpuSample, KernelSample } from '@acceptbench/results/sample';
import { clockDifference, systemClockMs } from './clocks.ts';
import { openProbes, type Probes } from './probes.ts';
import { type FromSampler, type SamplerTask, type SamplerThreadData, sharedCell } from './samplerMessages.ts';
import { runTicks, type Ticks } from './ticks.ts';

/**
 * Time between two readings of PassiveOpens, and of all counters. PassiveOpens with every sample costs a tenth of a percent of
 * a core more; with every other one the process of a runtime without a hook is some 0.1 ms less exact, 0.8 ms where its queue overflows.
 */
const OPENS_EVERY_MS = 40;
const COUNTERS_EVERY_MS = 200;
/** Time between two times that samples are handed over to somebody who watches; to anybody else it is two of the slower samples. */
const WATCHED_EVERY_MS = 100;
/**
 * Ticks of a rehearsal, one after the other, some 250 ms in all: by then the code that runs 50 times a second is compiled. Without
 * them a sample costs half as much again for the first seconds.
 */
const REHEARSALS = 1500;
const REHEARSE_CPU_EVERY = 20;

const { memory, originMs, rehearsalPort }: SamplerThreadData = workerData;
const send = (message: FromSampler) => parentPort?.postMessage(message);

// One clock for all threads: this thread's own starts when it does, and the wall clock may have been set meanwhile.
const offsetMs = originMs + clockDifference(systemClockMs, () => performance.now());
const now = () => offsetMs + performance.now();
const open = ({ ports, serverPid }: Pick<SamplerTask, 'ports' | 'serverPid'>) =>
  openProbes({
    ports,
    serverPid,
    loadPid: () => Atomics.load(memory, sharedCell.loadPid),
    now,
    wallNow: Date.now,
  });

/** ms between kernel samples, and how many of these lie between two of the others, and between two times that all are handed over. */
type Times = {
  periodMs: number;
  opensEvery: number;
  allEvery: number;
  cpuEvery: number;
  handOverEvery: number;
};

type HandOver = (samples: readonly (KernelSample | CpuSample)[]) => void;

/** Samples until `wait` says to stop, and takes one last sample of each kind. */
function sample(
  probes: Probes,
  { periodMs, opensEvery, allEvery, cpuEvery, handOverEvery }: Times,
  wait: (ms: number) => boolean,
  handOver: HandOver,
): Ticks & { kernelSamples: number } {
  let samples: (KernelSample | CpuSample)[] = [];
  let kernelSamples = 0;
  let nextCpuTick = 0;
  let nextHandOver = 0;
  const sampleKernel = (taken: KernelSample) => {
    samples.push(taken);
    kernelSamples += 1;
    let queue = 0;
    for (const listener of taken.listeners) queue += listener.queue;
    Atomics.store(memory, sharedCell.queue, queue);
    Atomics.store(memory, sharedCell.samples, kernelSamples);
  };
  const sampleCpu = () => samples.push(probes.cpu());
  const flush = () => {
    handOver(samples);
    samples = [];
  };
  const ticks = runTicks(periodMs, now, wait, (tick) => {
    const counted =
      kernelSamples % allEvery === 0 ? 'all' : kernelSamples % opensEvery === 0 ? 'opens' : 'none';
    sampleKernel(probes.kernel(counted));
    // Behind the kernel's, so that its work does not stand between that and the time it was due.
    if (tick >= nextCpuTick) {
      nextCpuTick = tick + cpuEvery;
      sampleCpu();
    }
    if (tick < nextHandOver) return;
    nextHandOver = tick + handOverEvery;
    flush();
  });
  sampleKernel(probes.wholeKernel());
  sampleCpu();
  flush();
  return { ...ticks, kernelSamples };
}

function rehearse(port: number): void {
  const probes = open({ ports: [port], serverPid: process.pid });
  let left = REHEARSALS;
  const cpuEvery = REHEARSE_CPU_EVERY;
  const times = { periodMs: 0.001, opensEvery: 2, allEvery: 10, cpuEvery, handOverEvery: 2 * cpuEvery };
  sample(
    probes,
    times,
    () => --left > 0,
    () => undefined,
  );
  probes.close();
  Atomics.store(memory, sharedCell.samples, 0);
}

function run({ ports, serverPid, periodMs, cpuPeriodMs, isWatched }: SamplerTask): void {
  const probes = open({ ports, serverPid });
  const ticksIn = (ms: number) => Math.max(1, Math.round(ms / periodMs));
  const times = {
    periodMs,
    // A burst is sampled faster, as its steps are what is looked for.
    opensEvery: periodMs < 20 ? 1 : ticksIn(OPENS_EVERY_MS),
    allEvery: ticksIn(COUNTERS_EVERY_MS),
    cpuEvery: ticksIn(cpuPeriodMs),
    handOverEvery: isWatched ? ticksIn(WATCHED_EVERY_MS) : 2 * ticksIn(cpuPeriodMs),
  };
  const usedBefore = process.threadCpuUsage();
  const startMs = now();
  const ticks = sample(
    probes,
    times,
    (ms) => Atomics.wait(memory, sharedCell.stop, 0, ms) === 'timed-out',
    (samples) => send({ kind: 'samples', samples, cheap: probes.isCheap() }),
  );
  const { user, system } = process.threadCpuUsage(usedBefore);
  const ownCpuShare = (user + system) / 1000 / (now() - startMs);
  send({ kind: 'done', report: { ...ticks, ownCpuShare, notMeasured: probes.notes() } });
  probes.close();
}

if (rehearsalPort !== null) rehearse(rehearsalPort);
// The thread ends with its task.
parentPort?.once('message', run);
