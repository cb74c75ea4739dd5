import { readdirSync, statSync } from 'node:fs';
import type { ProcessUse } from '@acceptbench/results/sample';
import { isAbsent, readProc } from './procFile.ts';

/** Ticks per second of the times in /proc/<pid>/stat: USER_HZ, which is 100 on every architecture Node runs on. */
const TICKS_PER_SECOND = 100;

/** The times of one process out of /proc/<pid>/stat. */
export type ProcessStat = {
  ppid: number;
  /** utime + stime in seconds, whole ticks: all threads, those that have ended too. */
  ownSeconds: number;
  /** cutime + cstime in seconds, whole ticks: children that have ended and were waited for, and theirs. */
  reapedSeconds: number;
  /** When the process started, in ticks since boot; with the pid this names one process for good. */
  startTicks: number;
};

/** Parses /proc/<pid>/stat (proc(5)); null when it is something else. The command may hold spaces and parentheses. */
export function parseProcessStat(text: string): ProcessStat | null {
  const fields = text
    .slice(text.lastIndexOf(')') + 1)
    .trim()
    .split(' ');
  // Field 3 of proc(5), the state, is fields[0].
  const [ppid, utime, stime, cutime, cstime, startTicks] = [1, 11, 12, 13, 14, 19].map((at) =>
    Number(fields[at] ?? Number.NaN),
  );
  if (ppid === undefined || utime === undefined || stime === undefined) return null;
  if (cutime === undefined || cstime === undefined || startTicks === undefined) return null;
  if (![ppid, utime, stime, cutime, cstime, startTicks].every(Number.isFinite)) return null;
  return {
    ppid,
    ownSeconds: (utime + stime) / TICKS_PER_SECOND,
    reapedSeconds: (cutime + cstime) / TICKS_PER_SECOND,
    startTicks,
  };
}

/** Seconds on a CPU, and seconds ready to run while no CPU was free. */
export type SchedTimes = { cpuSeconds: number; runQueueSeconds: number };

/** Parses a schedstat file (its first two numbers, in ns: Documentation/scheduler/sched-stats.rst); null when it is something else. */
export function parseSchedstat(text: string): SchedTimes | null {
  const match = /^(\d+) (\d+) \d+\s*$/.exec(text);
  return match === null
    ? null
    : { cpuSeconds: Number(match[1]) / 1e9, runQueueSeconds: Number(match[2]) / 1e9 };
}

export type ProcessMeter = {
  /** What was used so far, CPU seconds never less than at the reading before; null once the process has gone. */
  read(): ProcessUse | null;
};

/** Readings between two looks for descendants. A new one is seen that much later, and nothing of its CPU time is lost. */
const DESCENDANTS_EVERY = 8;

/**
 * Measures what a process uses, with all its threads and descendants. CPU seconds:
 *
 * Two sources, each right in a way the other is not. /proc/<pid>/task/<tid>/schedstat counts ns, but only of threads
 * that live (and /proc/<pid>/schedstat is the main thread alone). /proc/<pid>/stat covers the whole group, ended
 * threads too, and the kernel scales it to the scheduler's ns clock, but cuts user and system time to 10 ms each. Both
 * are at most the truth, so a process's own time is the larger of them: ns while its threads live, at most 20 ms short
 * after some have ended.
 *
 * Descendants count as they live, by the same rule; once ended and waited for they are in their parent's cutime and
 * cstime. (The kernel leaves out children of a process that ignores SIGCHLD.) The move from one to the other may lose
 * up to 40 ms for good or until later readings catch up, hence the high-water mark. A running thread's clock is
 * brought up to date at each scheduler tick, 1 to 10 ms.
 */
export function openProcessMeter(pid: number): ProcessMeter {
  let startTicks: number | null = null;
  let highest = 0;
  let family: Member[] = [];
  let readings = 0;
  return {
    read() {
      const stat = readStat(pid);
      if (stat === null) return null;
      startTicks ??= stat.startTicks;
      // Another process has the pid by now.
      if (stat.startTicks !== startTicks) return null;
      if (readings % DESCENDANTS_EVERY === 0) family = familyOf({ pid, startTicks });
      readings += 1;
      const use = sumOf(family.flatMap((member) => readMember(member) ?? []));
      highest = Math.max(highest, use.cpuSeconds);
      return { ...use, cpuSeconds: highest };
    },
  };
}

/** CPU seconds alone: see `openProcessMeter`. */
export function openCpuMeter(pid: number): { read(): number | null } {
  const meter = openProcessMeter(pid);
  return { read: () => meter.read()?.cpuSeconds ?? null };
}

type Member = { readonly pid: number; readonly startTicks: number };

/** A process and all its living descendants. */
function familyOf(root: Member): Member[] {
  const family = [root];
  const seen = new Set([root.pid]);
  for (const { pid } of family) {
    for (const child of childrenOf(pid, list(`/proc/${pid}/task`))) {
      const stat = seen.has(child) ? null : readStat(child);
      if (stat === null) continue;
      seen.add(child);
      family.push({ pid: child, startTicks: stat.startTicks });
    }
  }
  return family;
}

function readMember({ pid, startTicks }: Member): ProcessUse | null {
  const stat = readStat(pid);
  if (stat === null || stat.startTicks !== startTicks) return null;
  const threads: ProcessUse['threads'] = {};
  let cpuSeconds = 0;
  let runQueueSeconds: number | null = null;
  for (const thread of list(`/proc/${pid}/task`)) {
    const times = parseSchedstat(readProc(`/proc/${pid}/task/${thread}/schedstat`) ?? '');
    if (times === null) continue;
    threads[thread] = [times.cpuSeconds, times.runQueueSeconds];
    cpuSeconds += times.cpuSeconds;
    runQueueSeconds = (runQueueSeconds ?? 0) + times.runQueueSeconds;
  }
  return {
    cpuSeconds: Math.max(cpuSeconds, stat.ownSeconds) + stat.reapedSeconds,
    runQueueSeconds,
    rssBytes: parseRss(readProc(`/proc/${pid}/status`) ?? ''),
    descriptors: countDescriptors(pid),
    threads,
  };
}

function sumOf(uses: readonly ProcessUse[]): ProcessUse {
  const sum = (pick: (use: ProcessUse) => number | null) =>
    uses.reduce<number | null>((total, use) => {
      const value = pick(use);
      return value === null ? total : (total ?? 0) + value;
    }, null);
  return {
    cpuSeconds: sum((use) => use.cpuSeconds) ?? 0,
    runQueueSeconds: sum((use) => use.runQueueSeconds),
    rssBytes: sum((use) => use.rssBytes),
    descriptors: sum((use) => use.descriptors),
    threads: Object.assign({}, ...uses.map(({ threads }) => threads)),
  };
}

/** Resident memory in bytes out of /proc/<pid>/status; null when it is not there. */
export function parseRss(text: string): number | null {
  const match = /^VmRSS:\s+(\d+) kB$/m.exec(text);
  return match === null ? null : Number(match[1]) * 1024;
}

/** Since Linux 6.2 the folder's size is the count; before, each entry has to be listed. */
function countDescriptors(pid: number): number | null {
  const folder = `/proc/${pid}/fd`;
  try {
    return statSync(folder).size || readdirSync(folder).length;
  } catch (error) {
    if (isAbsent(error)) return null;
    throw error;
  }
}

function readStat(pid: number): ProcessStat | null {
  const text = readProc(`/proc/${pid}/stat`);
  return text === null ? null : parseProcessStat(text);
}

let hasChildrenFiles: boolean | undefined;

/** The children's pids: from the kernel's own list (CONFIG_PROC_CHILDREN), else by asking every process for its parent. */
function childrenOf(pid: number, threads: readonly string[]): number[] {
  hasChildrenFiles ??= readProc(`/proc/self/task/${process.pid}/children`) !== null;
  if (hasChildrenFiles) {
    const text = threads.map((thread) => readProc(`/proc/${pid}/task/${thread}/children`) ?? '').join(' ');
    return text.split(/\s+/).filter(Boolean).map(Number);
  }
  return list('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((other) => readStat(other)?.ppid === pid);
}

function list(path: string): string[] {
  try {
    return readdirSync(path);
  } catch (error) {
    if (isAbsent(error)) return [];
    throw error;
  }
}
