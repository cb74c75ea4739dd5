import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { within } from './within.ts';

const startMs = 20_000;
const stopMs = 10_000;
const keptCharacters = 2_000;

/** What a server says of itself when it listens. */
export interface Listening {
  readonly url: string;
  readonly metricsUrl?: string;
}

/** A server in a process of its own. */
export interface RunningServer extends Listening {
  readonly pid: number;
  /** Sends SIGTERM and waits; kills what is still there after 10 s. */
  stop(): Promise<void>;
}

export interface Command {
  readonly program: string;
  readonly args: readonly string[];
  /** Folder it runs in. */
  readonly folder: string;
  /** Its variables, beside PATH and HOME. */
  readonly variables: Readonly<Record<string, string>>;
}

const running = new Set<ChildProcess>();

/** Ends every process that still runs, at once. */
export function killAll(): void {
  for (const child of running) child.kill('SIGKILL');
}

/**
 * Starts a server and waits for the line on stdout that says where it listens.
 *
 * @throws Error with its last words when it ends first, or says nothing within 20 s.
 */
export async function startServer(command: Command): Promise<RunningServer> {
  const { child, lastWords } = start(command);
  const { pid, stdout } = child;
  if (stdout === null) throw new Error(`${command.program}: its stdout is no pipe`);
  const exited = once(child, 'close');
  const listening = Promise.withResolvers<Listening>();
  createInterface({ input: stdout }).on('line', (line) => {
    const said = toListening(line);
    if (said !== null) listening.resolve(said);
  });
  const failed = (what: string) => new Error(`${describe(command)} ${what}; it said: ${lastWords()}`);
  const early = exited.then(() => {
    throw failed('ended before it listened');
  });
  try {
    const said = await within(Promise.race([listening.promise, early]), startMs, () =>
      failed(`did not say where it listens within ${startMs / 1000} s`),
    );
    if (pid === undefined) throw failed('has no process id');
    return { ...said, pid, stop: () => stop(child, exited) };
  } catch (error) {
    child.kill('SIGKILL');
    throw error;
  } finally {
    early.catch(() => {}); // From here on its end is `stop`'s business.
  }
}

/**
 * Runs a program to its end.
 *
 * @returns what it wrote to stdout.
 * @throws Error with its last words when it can't be started, takes longer than `ms`, or does not exit with 0.
 */
export async function run(command: Command, ms: number): Promise<string> {
  const { child, lastWords } = start(command);
  let text = '';
  child.stdout?.setEncoding('utf8').on('data', (chunk: string) => {
    text += chunk;
  });
  const failed = (what: string) => new Error(`${describe(command)} ${what}; it said: ${lastWords()}`);
  try {
    const [code, signal] = await within(once(child, 'close'), ms, () =>
      failed(`did not end within ${ms / 1000} s`),
    );
    if (code !== 0) throw failed(`ended with ${signal ?? `exit code ${code}`}`);
    return text;
  } finally {
    child.kill('SIGKILL');
  }
}

/** Reads the line of a server that listens; null when it is another line. */
export function toListening(line: string): Listening | null {
  if (!line.startsWith('{')) return null;
  const value: unknown = JSON.parse(line);
  if (typeof value !== 'object' || value === null) return null;
  if (!('event' in value && value.event === 'listening')) return null;
  if (!('url' in value && typeof value.url === 'string')) return null;
  const { url } = value;
  return 'metricsUrl' in value && typeof value.metricsUrl === 'string'
    ? { url, metricsUrl: value.metricsUrl }
    : { url };
}

function start({ program, args, folder, variables }: Command) {
  const { PATH = '', HOME = '' } = process.env;
  const env = { PATH, HOME, NO_COLOR: '1', ...variables };
  const child = spawn(program, [...args], { cwd: folder, env, stdio: ['ignore', 'pipe', 'pipe'] });
  running.add(child);
  child.once('close', () => running.delete(child));
  let words = '';
  child.stderr.setEncoding('utf8').on('data', (chunk: string) => {
    words = (words + chunk).slice(-keptCharacters);
  });
  return { child, lastWords: () => (words.trim() === '' ? 'nothing' : words.trim()) };
}

async function stop(child: ChildProcess, exited: Promise<unknown>): Promise<void> {
  child.kill('SIGTERM');
  try {
    await within(exited, stopMs, () => new Error(`process ${child.pid} did not end within 10 s of SIGTERM`));
  } finally {
    child.kill('SIGKILL');
  }
}

function describe({ program, args }: Command): string {
  return [program, ...args].join(' ');
}
