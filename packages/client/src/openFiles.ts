import { readFileSync } from 'node:fs';

/** Files that a process has open beside its connections, at most: its streams, libraries, and what its runtime opens. */
const beside = 64;

export class NotEnoughFilesError extends Error {
  override readonly name = 'NotEnoughFilesError';
}

/**
 * Refuses a load that a process may not open the files for. A runtime raises its soft limit to the hard one as it starts,
 * so what counts is what is in force in the process itself.
 *
 * @param pid of the process that is to hold the connections; this one when absent
 * @throws NotEnoughFilesError in one line that says what to do
 */
export function requireOpenFiles(
  connections: number,
  pid: number | 'self' = 'self',
  who = 'the client',
): void {
  const limit = readOpenFiles(pid);
  if (limit === null || connections + beside <= limit) return;
  throw new NotEnoughFilesError(
    `${connections} connections need ${connections + beside} open files, and ${who} may have ${limit}; raise the limit first: ulimit -n ${connections + beside}`,
  );
}

/** The soft limit of open files of a process; null where the system does not say. */
function readOpenFiles(pid: number | 'self'): number | null {
  let text: string;
  try {
    text = readFileSync(`/proc/${pid}/limits`, 'utf8');
  } catch {
    return null; // No /proc here, or the process has ended, which whoever watches it says.
  }
  const match = /^Max open files +(\d+)/m.exec(text);
  return match === null ? null : Number(match[1]);
}
