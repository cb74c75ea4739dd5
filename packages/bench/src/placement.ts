import { readFileSync } from 'node:fs';
import { cpus } from 'node:os';
import type { Placement } from '@acceptbench/results/run';
import { UsageError } from './exitCodes.ts';

/** Nothing is confined: the system's scheduler decides. */
export const unplaced: Placement = { server: null, load: null };

const accepted = 'server=<CPUs>, load=<CPUs> or both, such as server=0,load=1 or server=0-2,load=3,4';

/**
 * Reads what `--cpus` was given: `server=0-1,load=2,3`.
 *
 * @param allowed the CPUs that this process may use
 * @throws UsageError in one line
 */
export function parsePlacement(text: string, allowed: readonly number[]): Placement {
  const refuse = (why: string) => new UsageError(`--cpus "${text}": ${why}; accepted is ${accepted}`);
  const placement: { server: number[] | null; load: number[] | null } = { server: null, load: null };
  for (const part of text.split(/,(?=[a-z])/i)) {
    const [who = '', list = '', ...others] = part.split('=');
    if ((who !== 'server' && who !== 'load') || others.length > 0) throw refuse(`can't read "${part}"`);
    if (placement[who] !== null) throw refuse(`${who} is given twice`);
    const wanted = parseCpuList(list);
    if (wanted === null) throw refuse(`"${list}" is no list of CPUs`);
    const missing = wanted.find((cpu) => !allowed.includes(cpu));
    if (missing !== undefined) {
      throw refuse(`there is no CPU ${missing} here, there are ${allowed.join(', ')}`);
    }
    placement[who] = wanted;
  }
  return placement;
}

/** `0,2-3` as `[0, 2, 3]`, in ascending order, each once; null when it is something else. */
export function parseCpuList(text: string): number[] | null {
  const found = new Set<number>();
  for (const part of text.trim().split(',')) {
    const match = /^(\d{1,4})(?:-(\d{1,4}))?$/.exec(part);
    if (match === null) return null;
    const first = Number(match[1]);
    const last = Number(match[2] ?? match[1]);
    if (last < first) return null;
    for (let cpu = first; cpu <= last; cpu += 1) found.add(cpu);
  }
  return [...found].sort((a, b) => a - b);
}

/** The CPUs that this process may use: from the kernel, or all of them where it does not say. */
export function allowedCpus(): number[] {
  const all = cpus().map((_, cpu) => cpu);
  if (process.platform !== 'linux') return all;
  const list = /^Cpus_allowed_list:\s*(\S+)$/m.exec(readFileSync('/proc/self/status', 'utf8'))?.[1];
  return parseCpuList(list ?? '') ?? all;
}

/** What to put before a command so that it, and all it starts, stays on these CPUs: util-linux's taskset. */
export function confinedTo(cpus: readonly number[] | null): string[] {
  return cpus === null ? [] : ['taskset', '--cpu-list', cpus.join(',')];
}

/** Cores that the server's work may use: those it is confined to, or what is left beside the load generator. */
export function freeCoresOf(cores: number, { server, load }: Placement): number {
  return server?.length ?? Math.max(1, cores - (load?.length ?? 1));
}

/** Cores that the load generator may use: those it is confined to, or what the server's work leaves. */
export function loadCoresOf(cores: number, placement: Placement): number {
  return placement.load?.length ?? Math.max(1, cores - freeCoresOf(cores, placement));
}
