/** What a test needs to know of processes: from Linux's /proc, by id, never by name. */
import { readdirSync, readFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';

/** A process that was seen: its id, and when it started, in clock ticks, since ids are used again. */
export interface Seen {
  readonly pid: number;
  readonly startTime: string;
  readonly command: string;
}

/** Every living descendant of a process, itself left out. */
export function descendantsOf(root: number): Seen[] {
  const all = readdirSync('/proc').flatMap((entry) => (/^\d+$/.test(entry) ? read(Number(entry)) : []));
  const found: Seen[] = [];
  const parents = [root];
  for (const parent of parents) {
    for (const { ppid, ...seen } of all) {
      if (ppid !== parent) continue;
      found.push(seen);
      parents.push(seen.pid);
    }
  }
  return found;
}

/** Those that still live, after waiting for them to end for as long as a busy machine may take. */
export async function survivors(seen: readonly Seen[]): Promise<Seen[]> {
  const end = Date.now() + 30_000;
  for (;;) {
    const left = seen.filter(({ pid, startTime }) => read(pid).some((now) => now.startTime === startTime));
    if (left.length === 0 || Date.now() > end) return left;
    await delay(20);
  }
}

/** The descendants of a process, once one of them is what is looked for. */
export async function untilThereAre(pid: number, command: RegExp): Promise<Seen[]> {
  const end = Date.now() + 60_000;
  for (;;) {
    const seen = descendantsOf(pid);
    if (seen.some((process) => command.test(process.command))) return seen;
    if (Date.now() > end) throw new Error(`no descendant matches ${command}`);
    await delay(20);
  }
}

/** Nothing for a process that has ended or is a zombie. */
function read(pid: number): (Seen & { ppid: number })[] {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The name in parentheses may hold anything, so fields are counted from its end.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    if (fields[0] === 'Z') return [];
    const command = readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ').slice(0, 120);
    return [{ pid, ppid: Number(fields[1]), startTime: fields[19] ?? '', command }];
  } catch {
    return []; // It ended meanwhile.
  }
}
