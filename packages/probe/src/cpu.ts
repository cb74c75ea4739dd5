import { readdirSync, statSync } from 'node:fs';
import type { ProcessUse } from '@acceptbench/results/sample';
import { parseProcessStat, parseRss, readSchedstat } from './processStat.ts';
import { descendantsOf, listProc } from './processTree.ts';
import { isAbsent, openProc, type ProcFile, readText } from './procFile.ts';

export type ProcessMeter = {
  /** What was used so far, CPU seconds never less than at the reading before; null once the process has gone. */
  read(): ProcessUse | null;
  close(): void;
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
 *
 * Every file stays open, some thirty for a server: a reading is then a system call for each, not a walk through /proc.
 */
export function openProcessMeter(pid: number): ProcessMeter {
  const root = openMember(pid);
  const descendants = new Map<number, Member>();
  let highest = 0;
  let readings = 0;

  const follow = () => {
    for (const child of descendantsOf(pid)) {
      const member = descendants.has(child) ? null : openMember(child);
      if (member !== null) descendants.set(child, member);
    }
  };

  return {
    read() {
      const own = root?.read() ?? null;
      if (own === null) return null;
      if (readings % DESCENDANTS_EVERY === 0) follow();
      readings += 1;
      const uses = [own];
      for (const [child, member] of descendants) {
        const use = member.read();
        if (use !== null) uses.push(use);
        else {
          member.close();
          descendants.delete(child);
        }
      }
      const use = sumOf(uses);
      highest = Math.max(highest, use.cpuSeconds);
      return { ...use, cpuSeconds: highest };
    },
    close() {
      root?.close();
      for (const member of descendants.values()) member.close();
      descendants.clear();
    },
  };
}

/** CPU seconds alone: see `openProcessMeter`. */
export function openCpuMeter(pid: number): { read(): number | null; close(): void } {
  const meter = openProcessMeter(pid);
  return { read: () => meter.read()?.cpuSeconds ?? null, close: () => meter.close() };
}

/** One process and its threads. */
type Member = { read(): ProcessUse | null; close(): void };

/** Null where there is no such process, or it is not ours to read. */
function openMember(pid: number): Member | null {
  const stat = openProc(`/proc/${pid}/stat`);
  if (stat === null) return null;
  const status = openProc(`/proc/${pid}/status`);
  const threads = new Map<string, ProcFile>();

  const follow = () => {
    const living = new Set(listProc(`/proc/${pid}/task`));
    for (const [thread, file] of threads) {
      if (living.delete(thread)) continue;
      file.close();
      threads.delete(thread);
    }
    for (const thread of living) {
      const file = openProc(`/proc/${pid}/task/${thread}/schedstat`);
      if (file !== null) threads.set(thread, file);
    }
  };

  return {
    read() {
      const times = parseProcessStat(readText(stat, 1024));
      if (times === null) return null;
      if (times.threads !== threads.size) follow();
      const uses: ProcessUse['threads'] = {};
      let cpuSeconds = 0;
      let runQueueSeconds: number | null = null;
      for (const [thread, file] of threads) {
        const length = file.read(128, 0);
        const used = readSchedstat(file.bytes, length);
        if (used === null) {
          // It has ended: another may have come in its place, so the number of threads alone would not show it.
          file.close();
          threads.delete(thread);
          continue;
        }
        uses[thread] = used;
        cpuSeconds += used[0];
        runQueueSeconds = (runQueueSeconds ?? 0) + used[1];
      }
      return {
        cpuSeconds: Math.max(cpuSeconds, times.ownSeconds) + times.reapedSeconds,
        runQueueSeconds,
        rssBytes: status === null ? null : parseRss(readText(status, 4096)),
        descriptors: countDescriptors(pid),
        threads: uses,
      };
    },
    close() {
      stat.close();
      status?.close();
      for (const file of threads.values()) file.close();
      threads.clear();
    },
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
