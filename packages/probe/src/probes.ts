import type { CpuSample, KernelSample, ProcessUse } from '@acceptbench/results/sample';
import { NO_COUNTERS, openCounters } from './counters.ts';
import { openProcessMeter, type ProcessMeter } from './cpu.ts';
import { openHalfOpenCounter } from './halfOpen.ts';
import { openHostMeter } from './host.ts';
import { openListenTable } from './listenTable.ts';

export type ProbesOptions = {
  /** Ports whose listeners are the server's. */
  ports: readonly number[];
  /** Null: the server's process is not watched. */
  serverPid: number | null;
  /** The load generator's pid; 0 while it is not known. */
  loadPid: () => number;
  /** Unix ms by a clock that does not step, and by the wall clock. */
  now: () => number;
  wallNow: () => number;
};

/**
 * All that is sampled: each call is one sample, taken now. A sample's time is that of its end, so nothing in it came later: what
 * had not been counted before a moment is not in the samples up to it.
 */
export type Probes = {
  /** The queues, and so many of the counters: see `openCounters`. */
  kernel(counted: 'all' | 'opens' | 'none'): KernelSample;
  /** The same with every counter, from a look at every LISTEN row. */
  wholeKernel(): KernelSample;
  cpu(): CpuSample;
  /** False where the next kernel sample walks the socket table, for want of a guard. */
  isCheap(): boolean;
  /** What could not be measured here, a sentence each. */
  notes(): string[];
  close(): void;
};

/** Slower samples between two counts of half-open connections, 4 s: each walks the socket table, 5 ms and more. */
const HALF_OPEN_EVERY = 8;

const WALKS =
  'each kernel sample walked the socket table (some 2 ms), as no listener stands behind those of the server';

/** Opens what the kernel shows of a server. @throws RangeError for a port that is none */
export function openProbes({ ports, serverPid, loadPid, now, wallNow }: ProbesOptions): Probes {
  const table = openListenTable({ ports });
  const counters = openCounters();
  const halfOpen = openHalfOpenCounter(ports);
  const host = openHostMeter();
  const server = serverPid === null ? null : openProcessMeter(serverPid);
  const load = followPid(loadPid);

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

  const stamp = (listeners: KernelSample['listeners'], counted: KernelSample['counters']): KernelSample => ({
    kind: 'kernel',
    atMs: now(),
    listeners,
    counters: counted,
  });

  return {
    kernel: (counted) => stamp(table.read(), counted === 'none' ? NO_COUNTERS : counters.read(counted)),
    wholeKernel: () => stamp(table.scan(), counters.read()),
    cpu() {
      const used = { server: server?.read() ?? null, load: load.read(), host: host.read() };
      const open = countHalfOpen();
      return { kind: 'cpu', atMs: now(), wallMs: wallNow(), ...used, halfOpen: open };
    },
    isCheap: () => table.isCheap(),
    notes: () => [...table.notes(), ...(table.isCheap() ? [] : [WALKS])],
    close() {
      for (const each of [table, counters, halfOpen, host, server, load]) each?.close();
    },
  };
}

function followPid(pid: () => number): { read(): ProcessUse | null; close(): void } {
  let followed: { pid: number; meter: ProcessMeter } | undefined;
  return {
    read() {
      const current = pid();
      if (current === 0) return null;
      if (followed?.pid !== current) {
        followed?.meter.close();
        followed = { pid: current, meter: openProcessMeter(current) };
      }
      return followed.meter.read();
    },
    close: () => followed?.meter.close(),
  };
}
