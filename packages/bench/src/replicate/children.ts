import { type ChildProcess, type SpawnOptions, spawn } from 'node:child_process';
import { StringDecoder } from 'node:string_decoder';

/** How a process ended. */
interface Ending {
  readonly code: number | null;
  readonly signal: string | null;
}

/** A process of ours: its lines, its last words, and its end. */
export interface Child {
  readonly pid: number;
  /** Resolves when it has ended. */
  readonly ended: Promise<Ending>;
  /** Its last lines on stdout and stderr, oldest first, each cut to a sane length. */
  tail(): string[];
  kill(signal: 'SIGTERM' | 'SIGKILL' | 'SIGINT'): void;
}

const tailLines = 20;
const lineLength = 400;

const running = new Set<Child>();

/** Ends every child that still runs, at once. Without a namespace nobody else would. */
export function killChildren(): void {
  for (const child of running) child.kill('SIGKILL');
}

/**
 * Starts a process in a group of its own, so that a terminal's Ctrl-C does not reach it and its own children can be
 * ended with it.
 *
 * @throws Error when the program can't be started.
 */
export async function startChild(
  command: readonly string[],
  options: SpawnOptions,
  onLine: (stream: 'stdout' | 'stderr', line: string) => void = () => {},
): Promise<Child> {
  const [program = '', ...args] = command;
  const started = spawn(program, args, { ...options, stdio: ['ignore', 'pipe', 'pipe'], detached: true });
  await new Promise<void>((resolve, reject) => {
    started.once('spawn', resolve);
    started.once('error', (cause) =>
      reject(new Error(`can't start ${program}: ${cause.message}`, { cause })),
    );
  });
  const { pid } = started;
  if (pid === undefined) throw new Error(`can't start ${program}: it got no process id`);
  const lines: string[] = [];
  for (const stream of ['stdout', 'stderr'] as const) {
    readLines(started, stream, (line) => {
      lines.push(line.slice(0, lineLength));
      if (lines.length > tailLines) lines.shift();
      onLine(stream, line);
    });
  }
  const ended = new Promise<Ending>((resolve) => {
    // `close` rather than `exit`: by then its last lines have been read.
    started.once('close', (code, signal) => resolve({ code, signal }));
  });
  const child: Child = { pid, ended, tail: () => [...lines], kill: (signal) => killGroup(pid, signal) };
  running.add(child);
  void ended.then(() => running.delete(child));
  return child;
}

function killGroup(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(process.platform === 'win32' ? pid : -pid, signal);
  } catch (error) {
    // It ended a moment before: nothing is left to end.
    if (!(error instanceof Error && 'code' in error && error.code === 'ESRCH')) throw error;
  }
}

function readLines(child: ChildProcess, stream: 'stdout' | 'stderr', onLine: (line: string) => void): void {
  const decoder = new StringDecoder('utf8');
  let rest = '';
  child[stream]?.on('data', (chunk: Buffer) => {
    const parts = (rest + decoder.write(chunk)).split('\n');
    // A line without end would fill the memory.
    rest = (parts.pop() ?? '').slice(0, 65_536);
    for (const line of parts) if (line.trim() !== '') onLine(line);
  });
  child[stream]?.on('end', () => {
    if (rest.trim() !== '') onLine(rest);
  });
}
