import { readdirSync } from 'node:fs';
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

/** Parses a schedstat file: seconds on the CPU, from its first number in ns; null when it is something else. */
export function parseSchedstat(text: string): number | null {
  const match = /^(\d+) \d+ \d+\s*$/.exec(text);
  return match === null ? null : Number(match[1]) / 1e9;
}

export type CpuMeter = {
  /** CPU seconds used so far, never less than at the reading before; null once the process has gone. */
  read(): number | null;
};

/**
 * Measures the CPU seconds of a process with all its threads and descendants.
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
export function openCpuMeter(pid: number): CpuMeter {
  let startTicks: number | null = null;
  let highest = 0;
  return {
    read() {
      const stat = readStat(pid);
      if (stat === null) return null;
      startTicks ??= stat.startTicks;
      // Another process has the pid by now.
      if (stat.startTicks !== startTicks) return null;
      highest = Math.max(highest, treeSeconds(pid, stat, new Set()));
      return highest;
    },
  };
}

function readStat(pid: number): ProcessStat | null {
  const text = readProc(`/proc/${pid}/stat`);
  return text === null ? null : parseProcessStat(text);
}

function treeSeconds(pid: number, stat: ProcessStat, seen: Set<number>): number {
  seen.add(pid);
  const threads = list(`/proc/${pid}/task`);
  let schedSeconds = 0;
  for (const thread of threads) {
    schedSeconds += parseSchedstat(readProc(`/proc/${pid}/task/${thread}/schedstat`) ?? '') ?? 0;
  }
  let seconds = Math.max(schedSeconds, stat.ownSeconds) + stat.reapedSeconds;
  for (const child of childrenOf(pid, threads)) {
    const childStat = seen.has(child) ? null : readStat(child);
    if (childStat !== null) seconds += treeSeconds(child, childStat, seen);
  }
  return seconds;
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
