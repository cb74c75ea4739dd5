import { type ChildProcess, spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { delimiter } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Manifest, parseManifest, startCommand } from '@acceptbench/server/manifest';
import { patienceMs, within } from './waiting.ts';

/** The line that a server of ours prints when it listens. */
interface ListeningLine {
  readonly event: 'listening';
  readonly url: string;
  readonly metricsUrl: string;
  readonly pid: number;
  readonly runtime: string;
  readonly version: string;
  readonly api: string;
  readonly topology: string;
  readonly workers: number;
  readonly work: string;
  readonly listeners: number;
  readonly sharing: string;
  readonly effectiveBacklog: number;
  readonly backlogSource: string;
  readonly backlogIgnored?: boolean;
}

/** The line that it prints when it has drained; `accepted` and `closed` only where the runtime tells of connections. */
interface DrainedLine {
  readonly event: 'drained';
  readonly complete: boolean;
  readonly accepted?: number;
  readonly closed?: number;
  readonly started: number;
  readonly completed: number;
  readonly aborted: number;
  readonly shed: number;
  readonly abandoned: number;
  readonly workerRestarts: number;
}

/** How a process ended, and all that it said, a string a line. */
export interface Ended {
  readonly code: number | null;
  readonly signal: string | null;
  readonly stdout: readonly string[];
  readonly stderr: readonly string[];
}

/** A server that said that it listens. */
export interface Server {
  readonly url: URL;
  readonly metricsUrl: URL;
  readonly pid: number;
  readonly listening: ListeningLine;
  /** Resolves when the process has ended. */
  readonly ended: Promise<Ended>;
  signal(signal: 'SIGTERM' | 'SIGINT' | 'SIGKILL'): void;
  /** SIGTERM, then the end. `drained` is absent when it never said so. */
  stop(): Promise<Stopped>;
  /** The end that is under way, without a signal from here. */
  stopped(): Promise<Stopped>;
}

export interface Stopped extends Ended {
  readonly drained: DrainedLine | undefined;
}

export type Env = Readonly<Record<string, string>>;

/** What startServer throws when the process ends before it listens. */
export class DidNotStart extends Error {
  override readonly name = 'DidNotStart';
  readonly ended: Ended;

  constructor(ended: Ended) {
    super(
      `the server ended before it listened: exit ${ended.code ?? ended.signal}, ${ended.stderr.join(' | ')}`,
    );
    this.ended = ended;
  }
}

const binaries = fileURLToPath(new URL('../../../node_modules/.bin', import.meta.url));
const running = new Set<ChildProcess>();
// A test runner that gives up on this file exits: its servers must not outlive it.
process.on('exit', killServers);

/** Ends, by its id, every process started here that still runs. */
export function killServers(): void {
  for (const child of running) child.kill('SIGKILL');
}

export function readManifest(manifestUrl: URL): Manifest {
  return parseManifest(JSON.parse(readFileSync(manifestUrl, 'utf8')));
}

/**
 * Starts the server of a manifest on ports that the kernel chooses and waits until it says that it listens.
 *
 * @throws {DidNotStart} when it ends first.
 */
export async function startServer(manifestUrl: URL, env: Env, args: readonly string[] = []): Promise<Server> {
  const { child, ended, firstLine } = launch(manifestUrl, env, args);
  try {
    const early = ended.then((how): never => {
      throw new DidNotStart(how);
    });
    early.catch(() => {}); // Once it listens, its end is told by `ended`.
    const line = await within(Promise.race([firstLine, early]), 'the server says that it listens');
    const listening = parseLine<ListeningLine>(line);
    const stopped = async (): Promise<Stopped> => {
      const how = await within(ended, 'the server ends', patienceMs);
      const last = how.stdout
        .map((text) => parseLine<DrainedLine>(text))
        .find(({ event }) => event === 'drained');
      return { ...how, drained: last };
    };
    const signal = (name: NodeJS.Signals) => void child.kill(name);
    return {
      url: new URL(listening.url),
      metricsUrl: new URL(listening.metricsUrl),
      pid: child.pid ?? listening.pid,
      listening,
      ended,
      signal,
      stopped,
      stop() {
        signal('SIGTERM');
        return stopped();
      },
    };
  } catch (error) {
    child.kill('SIGKILL');
    throw error;
  }
}

/** Runs the server of a manifest with options that make it end by itself. */
export async function runToEnd(manifestUrl: URL, env: Env, args: readonly string[] = []): Promise<Ended> {
  const { child, ended } = launch(manifestUrl, env, args);
  try {
    return await within(ended, 'the server ends by itself');
  } finally {
    child.kill('SIGKILL');
  }
}

function launch(manifestUrl: URL, env: Env, args: readonly string[]) {
  const [program = '', ...rest] = startCommand(
    readManifest(manifestUrl),
    '127.0.0.1',
    env.TOPOLOGY ?? 'inline',
  );
  const { PATH = '', HOME = '' } = process.env;
  const child = spawn(program, [...rest, ...args], {
    cwd: new URL('.', manifestUrl),
    env: {
      HOME,
      NO_COLOR: '1',
      PATH: `${binaries}${delimiter}${PATH}`,
      PORT: '0',
      METRICS_PORT: '0',
      ...env,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  running.add(child);
  const first = Promise.withResolvers<string>();
  const out = collect(child.stdout, first.resolve);
  const err = collect(child.stderr, () => {});
  const ended = new Promise<Ended>((resolve, reject) => {
    child.once('error', (cause) => reject(new Error(`can't start ${program}: ${cause.message}`, { cause })));
    // `close` rather than `exit`: by then its last lines have been read.
    child.once('close', (code, signal) => {
      running.delete(child);
      resolve({ code, signal, stdout: out(), stderr: err() });
    });
  });
  return { child, ended, firstLine: first.promise };
}

/** Gathers the lines of a stream; calls back at the first. */
function collect(stream: NodeJS.ReadableStream, onFirst: (line: string) => void): () => string[] {
  let text = '';
  stream.setEncoding('utf8');
  stream.on('data', (chunk) => {
    text += chunk;
    const end = text.indexOf('\n');
    if (end !== -1) onFirst(text.slice(0, end));
  });
  return () => text.split('\n').filter((line) => line !== '');
}

function parseLine<T>(line: string): T {
  try {
    return JSON.parse(line);
  } catch (cause) {
    throw new Error(`a line on stdout is no JSON: ${line}`, { cause });
  }
}
