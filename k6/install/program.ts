import { type ChildProcess, spawn } from 'node:child_process';

export interface ProgramOptions {
  /** After this long the program is ended. */
  readonly timeoutMs?: number;
  readonly signal?: AbortSignal | undefined;
  readonly env?: Readonly<Record<string, string | undefined>>;
}

export type ProgramResult =
  | { readonly state: 'exited'; readonly code: number; readonly stdout: string; readonly stderr: string }
  /** It could not be started, was ended by a signal, or took too long: `reason` is a phrase for a message. */
  | { readonly state: 'failed'; readonly reason: string };

/** Output kept of each stream; a build that fails prints little, and the end says why. */
const KEPT_CHARACTERS = 64 * 1024;

/** Ends the program with everything it started: `go build` has compilers below it. */
function endGroup(child: ChildProcess): void {
  if (child.pid === undefined) return;
  if (process.platform === 'win32') {
    child.kill();
    return;
  }
  try {
    process.kill(-child.pid, 'SIGKILL');
  } catch (error) {
    // It has ended by itself in the meantime.
    if (!(error instanceof Error && 'code' in error && error.code === 'ESRCH')) throw error;
  }
}

/**
 * Runs a program to its end, in a process group of its own, so that stopping it stops its children.
 * Rejects only with `signal`'s reason, and only once the program has gone.
 */
export function runProgram(
  command: string,
  args: readonly string[],
  options: ProgramOptions = {},
): Promise<ProgramResult> {
  options.signal?.throwIfAborted();
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, {
      stdio: ['ignore', 'pipe', 'pipe'],
      detached: process.platform !== 'win32',
      windowsHide: true,
      env: options.env,
    });
    let stdout = '';
    let stderr = '';
    let timedOut = false;
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      stdout = (stdout + text).slice(-KEPT_CHARACTERS);
    });
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      stderr = (stderr + text).slice(-KEPT_CHARACTERS);
    });
    const end = (): void => endGroup(child);
    const timer =
      options.timeoutMs === undefined
        ? undefined
        : setTimeout(() => {
            timedOut = true;
            end();
          }, options.timeoutMs);
    options.signal?.addEventListener('abort', end, { once: true });
    const settle = (result: ProgramResult): void => {
      clearTimeout(timer);
      options.signal?.removeEventListener('abort', end);
      if (options.signal?.aborted === true) reject(options.signal.reason);
      else resolve(result);
    };
    child.on('error', (error) => settle({ state: 'failed', reason: `cannot be started (${error.message})` }));
    child.on('close', (code, signal) => {
      if (timedOut)
        settle({ state: 'failed', reason: `did not end within ${(options.timeoutMs ?? 0) / 1000} s` });
      else if (code === null) settle({ state: 'failed', reason: `was ended by ${signal}` });
      else settle({ state: 'exited', code, stdout, stderr });
    });
  });
}

/** The last line with text in it, for a one-line reason. */
export function lastLine(text: string): string {
  return text.trim().split('\n').at(-1)?.trim() ?? '';
}
