import type { CpuSample, KernelSample, ProcessUse } from '@acceptbench/results/sample';
import { openCounters } from './counters.ts';
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
};

/** All that is sampled: each call is one sample, taken now. Times are the caller's. */
export type Probes = {
  /** @param all with the counters that cost more to read; without, PassiveOpens alone */
  kernel(atMs: number, all: boolean): KernelSample;
  /** The same with every counter, from a look at every LISTEN row. */
  wholeKernel(atMs: number): KernelSample;
  cpu(atMs: number, wallMs: number): CpuSample;
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
export function openProbes({ ports, serverPid, loadPid }: ProbesOptions): Probes {
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

  return {
    kernel: (atMs, all) => ({
      kind: 'kernel',
      atMs,
      listeners: table.read(),
      counters: counters.read({ all }),
    }),
    wholeKernel: (atMs) => ({ kind: 'kernel', atMs, listeners: table.scan(), counters: counters.read() }),
    cpu: (atMs, wallMs) => ({
      kind: 'cpu',
      atMs,
      wallMs,
      server: server?.read() ?? null,
      load: load.read(),
      host: host.read(),
      halfOpen: countHalfOpen(),
    }),
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
