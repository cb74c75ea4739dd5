import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

/**
 * What to put before a command so that it cannot outlive this process. As the first of a pid namespace its end is that of all in
 * it; otherwise Linux ends a child whose parent died when it was asked to (util-linux's setpriv asks). Elsewhere there is
 * nothing: an orderly end still ends every child.
 */
export async function tetherFor(pid: number): Promise<string[]> {
  if (pid === 1 || process.platform !== 'linux') return [];
  const tether = ['setpriv', '--pdeathsig', 'KILL', '--'];
  try {
    await promisify(execFile)('setpriv', ['--pdeathsig', 'KILL', '--', 'true'], { timeout: 5_000 });
    return tether;
  } catch {
    return []; // No setpriv, or one too old to know the option.
  }
}
