import type { CpuSample, KernelSample, ProcessUse } from '@acceptbench/results/sample';
import { openCounters } from './counters.ts';
import { openProcessMeter, type ProcessMeter } from './cpu.ts';
import { openHalfOpenCounter } from './halfOpen.ts';
import { readHostUse } from './host.ts';
import { openListenTable } from './listenTable.ts';
import { planNextTick } from './schedule.ts';

export type SamplerOptions = {
  /** Ports whose listeners are the server's. */
  ports: readonly number[];
  /** The server's process; absent: its CPU is not measured. */
  serverPid?: number;
  /** The load generator's pid, asked for at each CPU sample until it is known and again when it changes. */
  loadPid?: () => number | undefined;
  /** ms between kernel samples; 20 when not given. */
  periodMs?: number;
  /** ms between the slower samples; 500 when not given. */
  cpuPeriodMs?: number;
  /** Called with each sample as it is taken. What it throws ends the process, as in any timer. */
  onSample: (sample: KernelSample | CpuSample) => void;
  /** Unix ms from a clock that does not step; a test passes another. */
  now?: () => number;
  /** Unix ms from the wall clock, which goes on while the machine sleeps; a test passes another. */
  wallNow?: () => number;
};

export type SamplerReport = {
  kernelSamples: number;
  cpuSamples: number;
  /** Kernel samples taken more than half a period after they were due. */
  late: number;
  /** Kernel samples that were not taken, as the process was busy when they were due. */
  missed: number;
  /** CPU seconds that this process used while it sampled, for all it did: an upper bound of the sampler's own. */
  ownCpuSeconds: number;
  /** What could not be measured here, a sentence each. */
  notMeasured: string[];
};

export type Sampler = {
  /** Takes one last sample of each kind, closes what was opened, and says how it went. A second call gives the same. */
  stop(): SamplerReport;
};

/** Kernel samples between two with all counters: 100 ms. */
const COUNTERS_EVERY = 5;
/** Slower samples between two counts of half-open connections, 4 s: each walks the socket table, 5 ms and more. */
const HALF_OPEN_EVERY = 8;

/**
 * Samples the accept queues, the counters of this network namespace, and what the processes use until stopped: the first samples at
 * once, kernel samples then at start + k × period. `atMs` is Unix ms of performance.timeOrigin + performance.now().
 * Where the OS is not Linux there are no samples, and the report says what is not measured.
 *
 * @throws RangeError for a period that is not above 0, or a port that is none
 */
export function startSampler(options: SamplerOptions): Sampler {
  const { ports, serverPid, loadPid, onSample } = options;
  const { periodMs = 20, cpuPeriodMs = 500 } = options;
  const now = options.now ?? (() => performance.timeOrigin + performance.now());
  const wallNow = options.wallNow ?? Date.now;
  for (const [name, value] of Object.entries({ periodMs, cpuPeriodMs })) {
    if (!(value > 0)) throw new RangeError(`Cannot sample every ${value} ms: ${name} is a number above 0`);
  }
  if (process.platform !== 'linux') return notMeasuring();

  const table = openListenTable({ ports });
  const counters = openCounters();
  const halfOpen = openHalfOpenCounter(ports);
  const server = serverPid === undefined ? undefined : openProcessMeter(serverPid);
  const load = followPid(loadPid ?? (() => undefined));
  const ownCpu = process.cpuUsage();
  const report = { kernelSamples: 0, cpuSamples: 0, late: 0, missed: 0 };

  const sampleKernel = (all: boolean) => {
    const sample: KernelSample = {
      kind: 'kernel',
      atMs: now(),
      listeners: table.read(),
      counters: counters.read({ all }),
    };
    report.kernelSamples += 1;
    onSample(sample);
  };
  // Only where a listener is seen to defer accepting: elsewhere a handshake is over at once, and walking the table is dear.
  let deferred = counters.read().deferAcceptDrop;
  let sinceHalfOpen = HALF_OPEN_EVERY;
  const countHalfOpen = () => {
    sinceHalfOpen += 1;
    if (sinceHalfOpen < HALF_OPEN_EVERY) return null;
    const { deferAcceptDrop } = counters.read();
    if (deferAcceptDrop === deferred) return null;
    deferred = deferAcceptDrop;
    sinceHalfOpen = 0;
    return halfOpen.count();
  };
  const sampleCpu = () => {
    report.cpuSamples += 1;
    onSample({
      kind: 'cpu',
      atMs: now(),
      wallMs: wallNow(),
      server: server?.read() ?? null,
      load: load(),
      host: readHostUse(),
      halfOpen: countHalfOpen(),
    });
  };

  // CPU first: its work must not stand between a kernel sample and the time it was due.
  sampleCpu();
  const kernelTick = () => sampleKernel(report.kernelSamples % COUNTERS_EVERY === 0);
  const kernelTicks = every(periodMs, now, kernelTick, (tick) => {
    report.late += tick.late ? 1 : 0;
    report.missed += tick.missed;
  });
  const cpuTicks = every(cpuPeriodMs, now, (tick) => {
    if (tick > 0) sampleCpu();
  });

  let finished: SamplerReport | undefined;
  return {
    stop() {
      if (finished !== undefined) return finished;
      kernelTicks.cancel();
      cpuTicks.cancel();
      sampleKernel(true);
      sampleCpu();
      const { user, system } = process.cpuUsage(ownCpu);
      const { passiveOpens } = counters.read();
      const notMeasured = table.notes();
      if (passiveOpens === null)
        notMeasured.push('accepted connections: this kernel shows no Tcp PassiveOpens');
      table.close();
      counters.close();
      halfOpen.close();
      finished = { ...report, ownCpuSeconds: (user + system) / 1e6, notMeasured };
      return finished;
    },
  };
}

/** Runs `task` at start + k × period until cancelled, the first time at once. */
function every(
  periodMs: number,
  now: () => number,
  task: (tick: number) => void,
  onPlanned?: (tick: { late: boolean; missed: number }) => void,
): { cancel(): void } {
  const startMs = now();
  let timer: NodeJS.Timeout | undefined;
  let cancelled = false;
  const run = (tick: number) => {
    const ranAtMs = now();
    task(tick);
    if (cancelled) return;
    const next = planNextTick({ startMs, periodMs }, { tick, ranAtMs, nowMs: now() });
    onPlanned?.(next);
    timer = setTimeout(run, next.delayMs, next.tick);
  };
  run(0);
  return {
    cancel() {
      cancelled = true;
      clearTimeout(timer);
    },
  };
}

function followPid(pid: () => number | undefined): () => ProcessUse | null {
  let followed: { pid: number; meter: ProcessMeter } | undefined;
  return () => {
    const current = pid();
    if (current === undefined) return null;
    if (followed?.pid !== current) followed = { pid: current, meter: openProcessMeter(current) };
    return followed.meter.read();
  };
}

function notMeasuring(): Sampler {
  const reason = `accept queues, kernel counters and CPU time: only Linux shows them, this is ${process.platform}`;
  return {
    stop: () => ({
      kernelSamples: 0,
      cpuSamples: 0,
      late: 0,
      missed: 0,
      ownCpuSeconds: 0,
      notMeasured: [reason],
    }),
  };
}
