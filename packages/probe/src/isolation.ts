import { execFile } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { networkInterfaces } from 'node:os';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { Isolation, Link } from '@acceptbench/results/run';
import { type Host, readSysctl } from './host.ts';
import { readProc } from './procFile.ts';
import { explainRefusal } from './refusal.ts';

/**
 * `full`: user, network, pid and mount namespaces; what is inside dies with its first process.
 * `network`: user and network alone; only the first process dies with unshare.
 */
type Level = 'full' | 'network';

const UNSHARE: Record<Level, readonly string[]> = {
  full: ['--user', '--map-root-user', '--net', '--pid', '--fork', '--kill-child=SIGKILL', '--mount-proc'],
  network: ['--user', '--map-root-user', '--net', '--fork', '--kill-child=SIGKILL'],
};

// The best level that `checkIsolation` found to work. Until it has run, the full one is assumed.
let level: Level = 'full';

type Outcome = { ok: true; stdout: string } | { ok: false; message: string; missing: boolean };

/**
 * Tries to make a network namespace and to bring its loopback interface up, as each replicate will. Needs no root:
 * unshare of util-linux, ip of iproute2, and a kernel that allows user namespaces. Never throws; where it is refused
 * the reason names the cause and what to do.
 */
export async function checkIsolation(): Promise<Isolation> {
  if (process.platform !== 'linux') {
    return { mode: 'none', reason: `network namespaces are Linux only, this is ${process.platform}` };
  }
  const unshare = await run('unshare', ['--version']);
  if (!unshare.ok && unshare.missing) {
    return { mode: 'none', reason: 'no unshare on the PATH: install util-linux' };
  }
  const ip = await run('ip', ['-V']);
  if (!ip.ok && ip.missing) return { mode: 'none', reason: 'no ip on the PATH: install iproute2' };

  const full = await tryLevel('full');
  if (full.ok) {
    level = 'full';
    return { mode: 'namespace' };
  }
  const network = await tryLevel('network');
  if (network.ok) {
    level = 'network';
    return { mode: 'namespace' };
  }
  return { mode: 'none', reason: explainRefusal(network.message, readSysctl, readProc('/proc/self/status')) };
}

/**
 * What the isolation that `checkIsolation` found lacks, in a sentence; null when it lacks nothing.
 */
export function isolationShortfall(): string | null {
  if (level === 'full') return null;
  return 'no pid namespace here (mounting /proc in it was refused): what a replicate starts is ended by util-linux’s setpriv when it is killed, where there is one, and what a server starts by itself is not';
}

/**
 * Wraps a command so that it runs as root of new user, network, pid and mount namespaces, with nothing but its own
 * processes in them. stdio and Node's IPC channel pass through. Without a pid namespace (see `isolationShortfall`)
 * it has the user and network namespaces alone.
 *
 * To end it, send SIGKILL to the process this command starts: unshare dies, the kernel kills the first process
 * inside, and with it everything else in the pid namespace. Do not send SIGTERM or SIGINT: unshare ignores them while
 * it waits (util-linux before 2.41 can't forward them); to ask for an orderly end, tell the program by IPC.
 *
 * The program is pid 1 in there, and that is special: a signal whose action is the default one does nothing to it
 * when it comes from inside, so it must handle SIGTERM if it is to heed it; and it inherits orphans. Node reaps only
 * children it started itself, so an orphan that ends stays a zombie until the namespace ends. That costs a pid, no more.
 */
export function isolatedCommand(
  program: string,
  args: readonly string[],
): { program: string; args: string[] } {
  return { program: 'unshare', args: [...UNSHARE[level], '--', program, ...args] };
}

/**
 * The kernel settings that decide how connections are accepted, as a fresh namespace has them: a setting of the host need not
 * be one of the namespace's. Null, with the reason, where they could not be read.
 */
export async function readIsolatedSysctls(): Promise<
  { sysctls: Host['sysctls']; reason: null } | { sysctls: null; reason: string }
> {
  const entry = fileURLToPath(new URL('./printSysctls.ts', import.meta.url));
  const { program, args } = isolatedCommand(process.execPath, [entry]);
  const outcome = await run(program, args);
  if (!outcome.ok) return { sysctls: null, reason: outcome.message };
  try {
    return { sysctls: JSON.parse(outcome.stdout), reason: null };
  } catch {
    return { sysctls: null, reason: `it printed ${JSON.stringify(outcome.stdout.slice(0, 100))}` };
  }
}

/** Why no second host can be joined to a namespace by such a link, in a sentence; null where it can. Never throws. */
export async function secondHostRefused({ delayMs, lossPercent }: Link): Promise<string | null> {
  const entry = fileURLToPath(new URL('./trySecondHost.ts', import.meta.url));
  const { program, args } = isolatedCommand(process.execPath, [entry, String(delayMs), String(lossPercent)]);
  const outcome = await run(program, args);
  return outcome.ok ? null : outcome.message;
}

/**
 * Makes the new network namespace usable: to be called once by the first program that `isolatedCommand` starts.
 * Brings the loopback interface up, sets net.core.somaxconn where it is given, and verifies both.
 *
 * @param options.somaxconn connections, 1 to 2147483647
 * @throws Error outside a fresh namespace (an interface is up already: the host's settings are not to be touched), or
 *   when something was refused
 */
export async function enterNamespace(options: { somaxconn?: number } = {}): Promise<void> {
  const { somaxconn } = options;
  if (somaxconn !== undefined && !(Number.isInteger(somaxconn) && somaxconn >= 1 && somaxconn < 2 ** 31)) {
    throw new RangeError(
      `Cannot set net.core.somaxconn to ${somaxconn}: it is an integer from 1 to 2147483647`,
    );
  }
  const up = Object.keys(networkInterfaces());
  if (process.platform !== 'linux' || up.length > 0) {
    throw new Error(
      `Cannot enter a network namespace on ${process.platform} with interfaces up (${up.join(', ')}): a fresh one has none. Start this program through isolatedCommand, and enter once`,
    );
  }
  const outcome = await run('ip', ['link', 'set', 'lo', 'up']);
  if (!outcome.ok) throw new Error(`Cannot bring the loopback interface up: ${outcome.message}`);
  if (!(await isLoopbackUp())) {
    throw new Error(`ip brought the loopback interface up, but it has no 127.0.0.1: got ${interfacesNow()}`);
  }
  if (somaxconn === undefined) return;
  writeFileSync('/proc/sys/net/core/somaxconn', String(somaxconn));
  const got = readSysctl('net.core.somaxconn');
  if (got !== String(somaxconn)) {
    throw new Error(`Cannot set net.core.somaxconn: wanted ${somaxconn}, the kernel has ${got}`);
  }
}

// The kernel gives lo its addresses as it comes up; the flag that Node asks for (IFF_RUNNING) may follow a moment later.
async function isLoopbackUp(): Promise<boolean> {
  const deadline = performance.now() + 20_000;
  for (;;) {
    if (networkInterfaces().lo?.some(({ address }) => address === '127.0.0.1') === true) return true;
    if (performance.now() > deadline) return false;
    await delay(5);
  }
}

function interfacesNow(): string {
  return JSON.stringify(networkInterfaces());
}

function tryLevel(candidate: Level): Promise<Outcome> {
  return run('unshare', [...UNSHARE[candidate], '--', 'ip', 'link', 'set', 'lo', 'up']);
}

function run(program: string, args: readonly string[]): Promise<Outcome> {
  return new Promise((resolve) => {
    execFile(
      program,
      args,
      { timeout: 30_000, env: { ...process.env, LC_ALL: 'C' } },
      (error, stdout, stderr) => {
        if (error === null) resolve({ ok: true, stdout });
        else
          resolve({ ok: false, message: stderr.trim() || error.message, missing: error.code === 'ENOENT' });
      },
    );
  });
}
