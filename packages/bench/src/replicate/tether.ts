import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import type { Isolation } from '@acceptbench/results/run';

/**
 * What to put before a command so that it cannot outlive this process. In a namespace the kernel sees to that; without
 * one, Linux ends a child whose parent died when it was asked to (util-linux's setpriv asks). Elsewhere there is
 * nothing: an orderly end still ends every child.
 */
export async function tetherFor(isolation: Isolation): Promise<string[]> {
  if (isolation.mode === 'namespace' || process.platform !== 'linux') return [];
  const tether = ['setpriv', '--pdeathsig', 'KILL', '--'];
  try {
    await promisify(execFile)('setpriv', ['--pdeathsig', 'KILL', '--', 'true'], { timeout: 5_000 });
    return tether;
  } catch {
    return []; // No setpriv, or one too old to know the option.
  }
}
