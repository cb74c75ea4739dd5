/** Ticks per second of the times in /proc/<pid>/stat: USER_HZ, which is 100 on every architecture Node runs on. */
const TICKS_PER_SECOND = 100;

/** What is used here of /proc/<pid>/stat. */
export type ProcessStat = {
  ppid: number;
  /** utime + stime in seconds, whole ticks: all threads, those that have ended too. */
  ownSeconds: number;
  /** cutime + cstime in seconds, whole ticks: children that have ended and were waited for, and theirs. */
  reapedSeconds: number;
  /** Threads that live. */
  threads: number;
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
  const [ppid, utime, stime, cutime, cstime, threads, startTicks] = [1, 11, 12, 13, 14, 17, 19].map((at) =>
    Number(fields[at] ?? Number.NaN),
  );
  if (ppid === undefined || utime === undefined || stime === undefined) return null;
  if (cutime === undefined || cstime === undefined || threads === undefined) return null;
  if (startTicks === undefined) return null;
  if (![ppid, utime, stime, cutime, cstime, threads, startTicks].every(Number.isFinite)) return null;
  return {
    ppid,
    ownSeconds: (utime + stime) / TICKS_PER_SECOND,
    reapedSeconds: (cutime + cstime) / TICKS_PER_SECOND,
    threads,
    startTicks,
  };
}

/**
 * Reads a schedstat file's first two numbers, in ns (Documentation/scheduler/sched-stats.rst): `[seconds on a CPU, seconds ready
 * to run while no CPU was free]`; null when it is something else. There are dozens of them to a reading, so no string is made.
 */
export function readSchedstat(bytes: Uint8Array, length: number): [number, number] | null {
  const first = endOfNumber(bytes, 0, length);
  const second = endOfNumber(bytes, first + 1, length);
  if (first === 0 || second === first + 1 || bytes[first] !== SPACE || bytes[second] !== SPACE) return null;
  return [toNumber(bytes, 0, first) / 1e9, toNumber(bytes, first + 1, second) / 1e9];
}

const SPACE = 32;

function endOfNumber(bytes: Uint8Array, from: number, length: number): number {
  let at = from;
  while (at < length && (bytes[at] ?? 0) >= 48 && (bytes[at] ?? 0) <= 57) at++;
  return at;
}

function toNumber(bytes: Uint8Array, from: number, to: number): number {
  let value = 0;
  for (let at = from; at < to; at++) value = value * 10 + ((bytes[at] ?? 0) - 48);
  return value;
}

/** Resident memory in bytes out of /proc/<pid>/status; null when it is not there. */
export function parseRss(text: string): number | null {
  const match = /^VmRSS:\s+(\d+) kB$/m.exec(text);
  return match === null ? null : Number(match[1]) * 1024;
}
