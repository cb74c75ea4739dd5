import os from 'node:os';
import type { Environment } from '@acceptbench/results/run';
import { readProc } from './procFile.ts';

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
    sysctls: Object.fromEntries(SYSCTLS.map((name) => [name, readSysctl(name)])),
    openFiles: parseOpenFiles(readProc('/proc/self/limits') ?? ''),
  };
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
