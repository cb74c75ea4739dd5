import { readdirSync, readFileSync } from 'node:fs';

/** Open descriptors of a process and of all that it started. Linux only. */
export function countDescriptors(pid: number): number {
  return [pid, ...descendantsOf(pid)].reduce((sum, id) => sum + listOf(`/proc/${id}/fd`).length, 0);
}

function descendantsOf(root: number): number[] {
  const found: number[] = [];
  const parents = [root];
  for (const parent of parents) {
    for (const task of listOf(`/proc/${parent}/task`)) {
      const children = childrenOf(parent, task);
      for (const child of children.trim().split(' ')) {
        if (child === '') continue;
        found.push(Number(child));
        parents.push(Number(child));
      }
    }
  }
  return found;
}

function childrenOf(pid: number, task: string): string {
  return unlessEnded(() => readFileSync(`/proc/${pid}/task/${task}/children`, 'utf8'), '');
}

function listOf(folder: string): string[] {
  return unlessEnded(() => readdirSync(folder), []);
}

/** Nothing for a process or a thread that ended after it was listed. */
function unlessEnded<T>(read: () => T, nothing: T): T {
  try {
    return read();
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    if (code === 'ENOENT' || code === 'ESRCH') return nothing;
    throw error;
  }
}
