import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { readSysctls } from '@acceptbench/probe/host';
import {
  checkIsolation,
  isolationShortfall,
  readIsolatedSysctls,
  secondHostRefused,
} from '@acceptbench/probe/isolation';
import type { Environment, Isolation, Link, Placement } from '@acceptbench/results/run';
import { readEnvironment } from '../environment.ts';
import { CannotRunError } from '../exitCodes.ts';
import { requireK6 } from '../k6.ts';
import { confinedTo } from '../placement.ts';
import { readVersion, type Server } from '../servers.ts';

/** What this machine has for a run. */
export interface Prepared {
  readonly k6Path: string;
  readonly isolation: Isolation;
  readonly environment: Environment;
  /** What is to be told of it before the run, a line each. */
  readonly remarks: readonly string[];
}

export interface Wanted {
  readonly servers: ReadonlyMap<string, Server>;
  readonly isolate: boolean;
  /** What joins the load generator's host to the server's; absent: there is one host. */
  readonly link?: Link | undefined;
  /** True when Prometheus is to reach what runs. */
  readonly watched: boolean;
  readonly placement: Placement;
}

/** Finds all that a run needs, and says what is missing before anything is started. @throws CannotRunError */
export async function prepare({ servers, isolate, link, watched, placement }: Wanted): Promise<Prepared> {
  const k6 = await requireK6();
  const versions = { ...(await versionsOf(servers)), k6: k6.version };
  const isolation = await joined(await isolationOf(isolate, watched), link);
  await requireTaskset(placement);
  const { sysctls, remark } = await settingsIn(isolation);
  const environment = readEnvironment(versions, placement, sysctls);
  const shortfall = isolation.mode === 'namespace' ? isolationShortfall() : null;
  return {
    k6Path: k6.path,
    isolation,
    environment,
    remarks: [
      `${Object.entries(versions)
        .map(([name, is]) => `${name} ${is}`)
        .join(', ')} on ${environment.cores} cores`,
      ...(isolation.mode === 'none'
        ? [`not isolated: ${isolation.reason}; kernel counters are the whole host's`]
        : []),
      ...(shortfall === null ? [] : [`isolation: ${shortfall}`]),
      ...(remark === null ? [] : [remark]),
    ],
  };
}

async function isolationOf(isolate: boolean, watched: boolean): Promise<Isolation> {
  if (watched)
    return { mode: 'none', reason: '--live: in a namespace of its own no Prometheus could reach it' };
  return isolate ? checkIsolation() : { mode: 'none', reason: 'turned off with --no-isolate' };
}

/** @throws CannotRunError where two hosts are asked for and can't be had: figures of one would pass for theirs. */
async function joined(isolation: Isolation, link: Link | undefined): Promise<Isolation> {
  if (link === undefined) return isolation;
  const refused = isolation.mode === 'none' ? isolation.reason : await secondHostRefused(link);
  if (refused !== null) throw new CannotRunError(`can't run --two-hosts: ${refused}`);
  return { mode: 'namespace', link };
}

/** Kernel settings as a replicate finds them. Where a namespace did not tell its own they are not known: the host's may be others. */
async function settingsIn(
  isolation: Isolation,
): Promise<{ sysctls: Environment['sysctls']; remark: string | null }> {
  if (isolation.mode === 'none') return { sysctls: readSysctls(), remark: null };
  const { sysctls, reason } = await readIsolatedSysctls();
  return sysctls === null
    ? { sysctls: {}, remark: `kernel settings inside the isolation are not known: ${reason}` }
    : { sysctls, remark: null };
}

async function versionsOf(servers: ReadonlyMap<string, Server>): Promise<Record<string, string>> {
  const versions: Record<string, string> = {};
  for (const [name, server] of servers) {
    try {
      versions[name] = await readVersion(server);
    } catch (cause) {
      const why = cause instanceof Error ? (cause.message.split('\n')[0] ?? '') : String(cause);
      throw new CannotRunError(`can't run ${name}: ${why}; run npm ci first`, { cause });
    }
  }
  return versions;
}

/** @throws CannotRunError where something is to be confined and nothing can do it. */
async function requireTaskset({ server, load }: Placement): Promise<void> {
  const [program, ...args] = confinedTo(server ?? load);
  if (program === undefined) return;
  try {
    await promisify(execFile)(program, [...args, 'true']);
  } catch (cause) {
    const why = cause instanceof Error ? (cause.message.trim().split('\n').at(-1) ?? '') : String(cause);
    throw new CannotRunError(
      `can't confine a process with taskset: ${why}; install util-linux, or give --cpus none`,
      { cause },
    );
  }
}
