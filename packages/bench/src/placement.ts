import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { cpus } from 'node:os';
import type { Placement } from '@acceptbench/results/run';
import { UsageError } from './exitCodes.ts';

/** Nothing is confined: the system's scheduler decides. */
export const unplaced: Placement = { server: null, load: null };

const accepted =
  'server=<CPUs>, load=<CPUs> or both, such as server=0,load=1 or server=0-2,load=3,4; or none';

/**
 * Reads what `--cpus` was given: `server=0-1,load=2,3`, or `none`.
 *
 * @param allowed the CPUs that this process may use
 * @throws UsageError in one line
 */
export function parsePlacement(text: string, allowed: readonly number[]): Placement {
  if (text === 'none') return unplaced;
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

/**
 * Where servers and load go when nobody says. From three cores on the load generator has a quarter of them, one at least, and
 * the servers have the rest, so that what the one takes can't be what the other lacks. Two threads of one core share it, so
 * cores are given whole. On fewer the system decides: a core for each would leave the generator's idle most of the time.
 *
 * @param cores the CPUs of each core, as far as this process may use them
 */
export function defaultPlacement(cores: readonly (readonly number[])[]): Placement {
  if (cores.length < 3) return unplaced;
  const forServer = cores.length - Math.max(1, Math.floor(cores.length / 4));
  const ascending = (some: readonly (readonly number[])[]) => some.flat().sort((a, b) => a - b);
  return { server: ascending(cores.slice(0, forServer)), load: ascending(cores.slice(forServer)) };
}

/** `defaultPlacement` of this machine; nobody is confined where nothing can do it, or where the cores are not known. */
export function placementHere(): Placement {
  here ??= findPlacement();
  return here;
}

/** Asked for with each form that is shown, and the same as long as this process lives. */
let here: Placement | undefined;

function findPlacement(): Placement {
  if (process.platform !== 'linux') return unplaced;
  const placement = defaultPlacement(coresOf(allowedCpus(), threadSiblings));
  const [program, ...args] = confinedTo(placement.load);
  if (program === undefined) return unplaced;
  return spawnSync(program, [...args, 'true']).status === 0 ? placement : unplaced;
}

/** CPUs by the core that they are threads of, in order of the first CPU of each. */
export function coresOf(
  cpus: readonly number[],
  siblingsOf: (cpu: number) => readonly number[],
): readonly (readonly number[])[] {
  const cores: number[][] = [];
  const seen = new Set<number>();
  for (const cpu of cpus) {
    if (seen.has(cpu)) continue;
    const core = [cpu, ...siblingsOf(cpu)].filter((one) => cpus.includes(one));
    const threads = [...new Set(core)].sort((a, b) => a - b);
    for (const one of threads) seen.add(one);
    cores.push(threads);
  }
  return cores;
}

/** From the kernel; a CPU of which it does not say is a core of its own. */
function threadSiblings(cpu: number): readonly number[] {
  try {
    const list = readFileSync(`/sys/devices/system/cpu/cpu${cpu}/topology/thread_siblings_list`, 'utf8');
    return parseCpuList(list) ?? [cpu];
  } catch {
    return [cpu];
  }
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
