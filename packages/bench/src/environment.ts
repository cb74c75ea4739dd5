import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { readHost } from '@acceptbench/probe/host';
import type { Environment, Placement, Run } from '@acceptbench/results/run';
import { rootFolder } from './paths.ts';
import { freeCoresOf } from './placement.ts';

/** The machine, and the versions of all that takes part; kernel settings as a replicate finds them. */
export function readEnvironment(
  versions: Readonly<Record<string, string>>,
  placement: Placement,
  sysctls: Environment['sysctls'],
): Environment {
  const host = readHost();
  return { ...host, sysctls, freeCores: freeCoresOf(host.cores, placement), versions: { ...versions } };
}

/** The commit of acceptbench itself, and whether files differ from it; null outside a git checkout. */
export async function readCommit(): Promise<Run['commit']> {
  const git = async (...args: string[]) =>
    (await promisify(execFile)('git', args, { cwd: rootFolder })).stdout.trim();
  try {
    return { sha: await git('rev-parse', 'HEAD'), dirty: (await git('status', '--porcelain')) !== '' };
  } catch {
    return null; // No git, no checkout, or no commit yet.
  }
}
