import os from 'node:os';
import type { Environment } from '@acceptbench/results/run';
import type { CpuSample } from '@acceptbench/results/sample';
import { openProc, readProc, readText } from './procFile.ts';

/** What the machine says of itself: an `Environment` without what only the run knows. */
export type Host = Omit<Environment, 'freeCores' | 'versions'>;

const SYSCTLS = [
  'net.core.somaxconn',
  'net.ipv4.tcp_max_syn_backlog',
  'net.ipv4.tcp_abort_on_overflow',
  'net.ipv4.tcp_syncookies',
  'net.ipv4.ip_local_port_range',
  'net.ipv4.tcp_tw_reuse',
  'net.ipv4.tcp_fin_timeout',
] as const;

/** Reads the host, network settings as this process's namespace has them. What cannot be read is null. */
export function readHost(): Host {
  return {
    os: os.type(),
    kernel: os.release(),
    arch: os.arch(),
    cpuModel: os.cpus()[0]?.model.trim() || 'unknown',
    cores: os.availableParallelism(),
    memoryBytes: os.totalmem(),
    sysctls: readSysctls(),
    openFiles: parseOpenFiles(readProc('/proc/self/limits') ?? ''),
  };
}

/** The settings that decide how connections are accepted, as this process's network namespace has them. */
export function readSysctls(): Host['sysctls'] {
  return Object.fromEntries(SYSCTLS.map((name) => [name, readSysctl(name)]));
}

/** A kernel setting by its dotted name, blanks as one space; null where it cannot be read. */
export function readSysctl(name: string): string | null {
  return (
    readProc(`/proc/sys/${name.replaceAll('.', '/')}`)
      ?.trim()
      .replace(/\s+/g, ' ') ?? null
  );
}

/** The soft limit of open files in the text of /proc/<pid>/limits; null when it is not there or has no bound. */
export function parseOpenFiles(text: string): number | null {
  const match = /^Max open files +(\d+)/m.exec(text);
  return match === null ? null : Number(match[1]);
}

/** USER_HZ: the unit of the times in /proc/stat, 100 on every architecture Node runs on. */
const TICKS_PER_SECOND = 100;

/** CPU time in seconds that the hypervisor gave to others, over all cores, since boot: the text of /proc/stat; null when it is not there. */
export function parseSteal(text: string): number | null {
  // cpu user nice system idle iowait irq softirq steal guest guest_nice
  const match = /^cpu +(?:\d+ ){7}(\d+)/.exec(text);
  return match === null ? null : Number(match[1]) / TICKS_PER_SECOND;
}

/** Seconds since boot in which some task waited for a core: the text of /proc/pressure/cpu (PSI); null when it is not there. */
export function parsePressure(text: string): number | null {
  const match = /^some .*\btotal=(\d+)/m.exec(text);
  return match === null ? null : Number(match[1]) / 1e6;
}

/** Reads what the host has lost so far, again and again: only differences mean anything. */
export function openHostMeter(): { read(): CpuSample['host']; close(): void } {
  const stat = openProc('/proc/stat');
  const pressure = openProc('/proc/pressure/cpu');
  return {
    read: () => ({
      // Its first line is all that is wanted.
      stealSeconds: parseSteal(stat === null ? '' : readText(stat, 512)),
      pressureSeconds: parsePressure(pressure === null ? '' : readText(pressure, 512)),
    }),
    close() {
      stat?.close();
      pressure?.close();
    },
  };
}
