import { styleText } from 'node:util';
import { generators } from '@acceptbench/client/generators';
import { findProgram } from '@acceptbench/client/program';
import { readHost } from '@acceptbench/probe/host';
import { checkIsolation, isolationShortfall } from '@acceptbench/probe/isolation';
import { readListenLimits } from '@acceptbench/probe/listenLimit';
import type { Command } from 'commander';
import { CannotRunError, type ExitCode, exitCodes } from '../exitCodes.ts';
import { requireK6 } from '../k6.ts';
import { freeCoresOf, placementHere } from '../placement.ts';
import { readServers, readVersion } from '../servers.ts';

/** `lacks`: a run works, with less to show. `fails`: a run could not work. */
interface Finding {
  readonly state: 'ok' | 'lacks' | 'fails';
  readonly what: string;
  readonly says: string;
}

/** The load and the server each hold a file for every open connection: bursts and silent clients are up to 5,000. */
const enoughOpenFiles = 5100;

/** `acceptbench doctor`: would a run work here? */
export function addDoctorCommand(cli: Command): void {
  cli
    .command('doctor')
    .description('say what this machine offers and lacks; exit 1 where a run could not work')
    .action(async () => {
      process.exitCode = await doctor();
    });
}

/** Says what this machine offers and lacks. The exit is not 0 where a run could not work. */
async function doctor(): Promise<ExitCode> {
  const findings = [
    ...(await runtimes()),
    await k6(),
    await otherGenerators(),
    ...machine(),
    await isolation(),
    await listenLimits(),
  ];
  for (const { state, what, says } of findings) {
    const color = { ok: 'green', lacks: 'yellow', fails: 'red' } as const;
    const mark = styleText(color[state], state.padEnd(5), { stream: process.stdout });
    console.log(`${mark}  ${what.padEnd(16)} ${says}`);
  }
  const fails = findings.filter(({ state }) => state === 'fails').length;
  const lacks = findings.filter(({ state }) => state === 'lacks').length;
  console.log(
    fails > 0
      ? `\nA run can't work here: ${fails} of ${findings.length} checks fail.`
      : `\nA run works here${lacks > 0 ? `, with less to show: ${lacks} of ${findings.length} checks lack something` : ''}.`,
  );
  return fails > 0 ? exitCodes.cannot : exitCodes.ok;
}

async function runtimes(): Promise<Finding[]> {
  const findings: Finding[] = [];
  for (const [name, server] of await readServers()) {
    try {
      const offers = `${server.manifest.apis.join(', ')}; ${server.manifest.topologies.join(', ')}`;
      findings.push({ state: 'ok', what: name, says: `${await readVersion(server)} (${offers})` });
    } catch (error) {
      const why = error instanceof Error ? (error.message.split('\n')[0] ?? '') : String(error);
      findings.push({ state: 'fails', what: name, says: `${why}; run npm ci` });
    }
  }
  return findings;
}

async function k6(): Promise<Finding> {
  try {
    const { version, path, source } = await requireK6();
    return { state: 'ok', what: 'k6', says: `${version} from ${source}: ${path}` };
  } catch (error) {
    if (!(error instanceof CannotRunError)) throw error;
    return { state: 'fails', what: 'k6', says: error.message };
  }
}

/** Those that `hello` has for a cross-check. */
async function otherGenerators(): Promise<Finding> {
  const found = await Promise.all(
    Object.values(generators).map(async ({ name, install }) => ({
      name,
      install,
      path: await findProgram(name, process.env.PATH ?? ''),
    })),
  );
  const there = found.flatMap(({ name, path }) => (path === null ? [] : [`${name}: ${path}`]));
  const missing = found.flatMap(({ install, path }) => (path === null ? [install] : []));
  if (there.length > 0) return { state: 'ok', what: 'other loads', says: there.join(', ') };
  return {
    state: 'lacks',
    what: 'other loads',
    says: `neither wrk nor oha: hello has no second generator; ${missing.join(', or ')}`,
  };
}

function machine(): Finding[] {
  const host = readHost();
  const { cores, openFiles, sysctls } = host;
  return [
    {
      state: process.platform === 'linux' ? 'ok' : 'lacks',
      what: 'system',
      says:
        process.platform === 'linux'
          ? `${host.os} ${host.kernel}, ${host.arch}`
          : `${host.os}: accept queues, kernel counters and CPU time are measured on Linux only`,
    },
    {
      state: cores >= 2 ? 'ok' : 'lacks',
      what: 'cores',
      says:
        cores >= 2
          ? `${cores} (${host.cpuModel}); the ceiling counts on ${freeCoresOf(cores, placementHere())} beside k6`
          : `1 (${host.cpuModel}): k6 and the server share it, so a run measures both`,
    },
    {
      state: openFiles === null || openFiles >= enoughOpenFiles ? 'ok' : 'lacks',
      what: 'open files',
      says:
        openFiles === null
          ? 'no limit known'
          : `${openFiles} (ulimit -n)${openFiles >= enoughOpenFiles ? '' : `; burst and silent want ${enoughOpenFiles}`}`,
    },
    {
      state: sysctls['net.core.somaxconn'] == null ? 'lacks' : 'ok',
      what: 'somaxconn',
      says: sysctls['net.core.somaxconn'] ?? 'not readable: effective backlogs are as the runtimes ask',
    },
  ];
}

async function isolation(): Promise<Finding> {
  const found = await checkIsolation();
  if (found.mode === 'none') {
    return {
      state: 'lacks',
      what: 'isolation',
      says: `${found.reason}; kernel counters will be the whole host's`,
    };
  }
  const shortfall = isolationShortfall();
  return shortfall === null
    ? {
        state: 'ok',
        what: 'isolation',
        says: 'a network namespace of its own for each replicate, without root',
      }
    : { state: 'lacks', what: 'isolation', says: shortfall };
}

async function listenLimits(): Promise<Finding> {
  const read = await readListenLimits([]);
  return read.limits === null
    ? { state: 'lacks', what: 'queue limits', says: read.reason }
    : { state: 'ok', what: 'queue limits', says: `read from ${read.tool}` };
}
