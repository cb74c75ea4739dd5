/**
 * The fault campaign: the runner, k6 or the server of a short run is killed with SIGKILL at a random moment, and the run is taken
 * up again until it is complete. Then each replicate must be there once, with nothing lost of what was on the disk.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { UnreadableResultError } from '@acceptbench/results/read';
import type { Replicate } from '@acceptbench/results/replicate';
import { uniformInt } from 'pure-rand/distribution/uniformInt';
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';
import { readRunFolder } from '../src/runFolder.ts';
import { descendantsOf, type Seen, survivors } from '../test/processes.ts';

const entry = fileURLToPath(new URL('../src/cli.ts', import.meta.url));
const experiment = fileURLToPath(new URL('./experiment.json', import.meta.url));
const replicatesPlanned = 2;

/** How its process is told from the others of a run. */
const commands = { runner: /./, k6: /(^|\/)k6 run /, server: /(^|\/)node src\/main\.ts/ } as const;
type Victim = keyof typeof commands;
const victims: readonly Victim[] = ['runner', 'k6', 'server'];

/** What became of one killed run. */
export interface Round {
  readonly victim: Victim;
  /** When, in ms since the run was started; null when the victim had ended before its moment came. */
  readonly killedAtMs: number | null;
  /** `anew`: it was killed before there was anything to go on with. */
  readonly ending: 'resumed' | 'anew' | 'complete by itself';
  readonly resumes: number;
  /** What is wrong, a sentence each; empty when all is as it must be. */
  readonly wrong: readonly string[];
}

export interface CampaignOptions {
  readonly kills: number;
  readonly seed: number;
  readonly onRound: (round: Round, index: number) => void;
}

/**
 * Rounds take the victims in turn, at moments from a seed, until so many were killed: a victim may have ended before its moment.
 * At most two rounds for each.
 */
export async function runCampaign({ kills, seed, onRound }: CampaignOptions): Promise<Round[]> {
  const random = xoroshiro128plus(seed);
  const rounds: Round[] = [];
  // How long a run takes here is learnt from those that came to their end.
  let longestMs = 8_000;
  let killed = 0;
  for (let index = 0; killed < kills && index < 2 * kills; index += 1) {
    const victim = victims[index % victims.length] ?? 'runner';
    const again = uniformInt(random, 0, 3) === 0;
    const momentMs = uniformInt(random, 0, longestMs);
    const results = mkdtempSync(join(tmpdir(), 'acceptbench-campaign-'));
    try {
      const { round, tookMs } = await runRound(results, victim, momentMs, again);
      if (round.killedAtMs === null) longestMs = tookMs;
      else killed += 1;
      rounds.push(round);
      onRound(round, index);
    } finally {
      rmSync(results, { recursive: true, force: true });
    }
  }
  return rounds;
}

/** @param again whether the runner that takes the run up is killed too, once */
async function runRound(results: string, victim: Victim, momentMs: number, again: boolean) {
  const startedAt = performance.now();
  const wrong: string[] = [];
  const killedAtMs = await runAndKill(startOf(results), victim, momentMs, wrong);
  const tookMs = performance.now() - startedAt;
  let ending: Round['ending'] = killedAtMs === null ? 'complete by itself' : 'resumed';
  let before = linesIn(results);
  let resumes = 0;
  while (!(await isComplete(results))) {
    if (resumes === 5) {
      wrong.push('it is not complete after being taken up five times');
      break;
    }
    const folder = await folderIn(results);
    if (folder === null) {
      // Nothing was on the disk yet: it is started anew, in a folder of its own.
      ending = 'anew';
      rmSync(results, { recursive: true, force: true });
    }
    resumes += 1;
    const args = folder === null ? startOf(results) : ['run', '--resume', folder];
    await runAndKill(args, 'runner', again && resumes === 1 ? momentMs / 2 : null, wrong);
    const after = linesIn(results);
    if (!after.startsWith(before)) wrong.push('what was on the disk is not there as it was');
    before = after;
  }
  wrong.push(...(await faultsOf(results)));
  return { round: { victim, killedAtMs, ending, resumes, wrong }, tookMs };
}

const startOf = (results: string) => [
  'run',
  '-e',
  experiment,
  '--retries=0',
  '--seed=1',
  '--results',
  results,
];

/**
 * Runs the CLI to its end, and kills the victim at its moment, or as soon after it as it is there.
 *
 * @param momentMs null to let it run
 * @returns when it was killed, or null
 */
async function runAndKill(
  args: readonly string[],
  victim: Victim,
  momentMs: number | null,
  wrong: string[],
): Promise<number | null> {
  const startedAt = performance.now();
  const child = spawn(process.execPath, [entry, ...args], { stdio: ['ignore', 'ignore', 'pipe'] });
  let stderr = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
  });
  const ended = new Promise<void>((resolve) => child.once('close', () => resolve()));
  const kill = momentMs === null ? null : await killAt(child, victim, startedAt + momentMs);
  await ended;
  const left = await survivors(kill?.seen ?? []);
  if (left.length > 0) wrong.push(`still runs: ${left.map(({ command }) => command).join('; ')}`);
  // A run that was not killed ends in order: done, or with a failed replicate.
  if (kill === null && ![0, 3].includes(child.exitCode ?? -1)) {
    wrong.push(`exit ${child.exitCode}: ${stderr.trim()}`);
  }
  return kill === null ? null : kill.atMs - startedAt;
}

async function killAt(
  child: ChildProcess,
  victim: Victim,
  moment: number,
): Promise<{ atMs: number; seen: Seen[] } | null> {
  const hasEnded = () => child.exitCode !== null || child.signalCode !== null;
  while (!hasEnded()) {
    const waitMs = moment - performance.now();
    const seen = waitMs > 0 || child.pid === undefined ? [] : descendantsOf(child.pid);
    const found =
      victim === 'runner' ? child.pid : seen.find(({ command }) => commands[victim].test(command))?.pid;
    if (waitMs <= 0 && found !== undefined) {
      if (!killed(found)) continue;
      // Of a run that goes on, what lives is not left behind.
      return { atMs: performance.now(), seen: victim === 'runner' ? seen : [] };
    }
    await delay(waitMs > 0 ? Math.min(waitMs, 20) : 5);
  }
  return null;
}

/** False when it has ended meanwhile. */
function killed(pid: number): boolean {
  try {
    return process.kill(pid, 'SIGKILL');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ESRCH') return false;
    throw error;
  }
}

/** The folder of the run; null when there is none that can be read. */
async function folderIn(results: string): Promise<string | null> {
  for (const name of namesIn(results)) {
    const folder = join(results, name);
    try {
      await readRunFolder(folder);
      return folder;
    } catch (error) {
      if (!(error instanceof UnreadableResultError)) throw error;
    }
  }
  return null;
}

/** The whole lines of `replicates.ndjson`, as they are. */
function linesIn(results: string): string {
  const [name] = namesIn(results);
  if (name === undefined || !readdirSync(join(results, name)).includes('replicates.ndjson')) return '';
  const text = readFileSync(join(results, name, 'replicates.ndjson'), 'utf8');
  return text.slice(0, text.lastIndexOf('\n') + 1);
}

function namesIn(results: string): string[] {
  try {
    return readdirSync(results);
  } catch {
    return []; // Killed before it was made.
  }
}

async function replicatesIn(results: string): Promise<readonly Replicate[]> {
  const folder = await folderIn(results);
  return folder === null ? [] : (await readRunFolder(folder)).replicates;
}

/** What a replicate says that lost k6 or its server; a server that is gone while its routes are verified refuses, or hangs up. */
const killedBy = /SIGKILL|server ended|did not drain|without a result|ECONNREFUSED|ECONNRESET|hang up/;

const measured = ({ outcome }: Replicate) => outcome === 'valid' || outcome === 'invalid';

async function isComplete(results: string): Promise<boolean> {
  const folder = await folderIn(results);
  if (folder === null || (await readRunFolder(folder)).run.finishedAt === null) return false;
  return (await replicatesIn(results)).filter(measured).length >= replicatesPlanned;
}

/** What is not as it must be in the end. */
async function faultsOf(results: string): Promise<string[]> {
  const replicates = await replicatesIn(results);
  const places = (of: readonly Replicate[]) => of.map(({ cell, block }) => `${cell.id} in block ${block}`);
  const faults: string[] = [];
  const once = places(replicates.filter(measured));
  if (once.length !== replicatesPlanned || new Set(once).size !== replicatesPlanned) {
    faults.push(`measured are ${once.join(', ')}, instead of ${replicatesPlanned} replicates once each`);
  }
  const attempts = replicates.map((replicate) => `${places([replicate])} attempt ${replicate.attempt}`);
  if (new Set(attempts).size !== attempts.length) faults.push(`twice among ${attempts.join(', ')}`);
  for (const replicate of replicates) {
    if (replicate.outcome !== 'failed') continue;
    if (!killedBy.test(replicate.error)) {
      faults.push(`failed by no kill: ${replicate.error}`);
    }
  }
  return faults;
}
