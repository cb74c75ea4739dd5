import { readdirSync } from 'node:fs';
import { type ProcessStat, parseProcessStat } from './processStat.ts';
import { isAbsent, readProc } from './procFile.ts';

/** The names in a folder under /proc; none where it is absent or not readable. */
export function listProc(path: string): string[] {
  try {
    return readdirSync(path);
  } catch (error) {
    if (isAbsent(error)) return [];
    throw error;
  }
}

function readStat(pid: number): ProcessStat | null {
  const text = readProc(`/proc/${pid}/stat`);
  return text === null ? null : parseProcessStat(text);
}

/** The pids of all living descendants of a process. */
export function descendantsOf(root: number): number[] {
  const found = new Set([root]);
  for (const pid of found) {
    for (const child of childrenOf(pid, listProc(`/proc/${pid}/task`))) found.add(child);
  }
  found.delete(root);
  return [...found];
}

let hasChildrenFiles: boolean | undefined;

/** The children's pids: from the kernel's own list (CONFIG_PROC_CHILDREN), else by asking every process for its parent. */
function childrenOf(pid: number, threads: readonly string[]): number[] {
  hasChildrenFiles ??= readProc(`/proc/self/task/${process.pid}/children`) !== null;
  if (hasChildrenFiles) {
    const text = threads.map((thread) => readProc(`/proc/${pid}/task/${thread}/children`) ?? '').join(' ');
    return text.split(/\s+/).filter(Boolean).map(Number);
  }
  return listProc('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((other) => readStat(other)?.ppid === pid);
}
