import { type ChildProcess, spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { isolatedCommand } from '@acceptbench/probe/isolation';
import type { Replicate } from '@acceptbench/results/replicate';
import { schemaVersion } from '@acceptbench/results/schemaVersion';
import type { FromReplicate, Phase, ReplicateSpec, ToReplicate } from './replicate/messages.ts';

const entry = fileURLToPath(new URL('./replicate/main.ts', import.meta.url));

/** Longer than every deadline inside a replicate taken together: only a hang of its process gets here. */
const hangMs = 240_000;
const stopMs = 3_000;

export interface RunReplicateOptions {
  readonly onPhase: (phase: Phase) => void;
  /** Where its metrics are while it lives. */
  readonly onMetrics?: (url: string) => void;
  /** It has ended, and these were its metrics: null where it did not get so far. */
  readonly onEnd?: (lastMetrics: string | null) => void;
  /** Aborting ends the replicate and all it started. */
  readonly signal: AbortSignal;
}

/**
 * Lives one replicate in a process of its own, in a namespace of its own where there is isolation.
 *
 * @returns null when the signal ended it before it had a result.
 */
export async function runReplicate(
  spec: ReplicateSpec,
  options: RunReplicateOptions,
): Promise<Replicate | null> {
  const { onPhase, signal } = options;
  if (signal.aborted) return null;
  const startedAt = Date.now();
  const child = startProcess(spec);
  const { promise, resolve } = Promise.withResolvers<Replicate | null>();
  const failed = (error: string): Replicate => ({
    schemaVersion,
    cell: spec.cell,
    block: spec.block,
    order: spec.order,
    attempt: spec.attempt,
    startedAt: new Date(startedAt).toISOString(),
    wallSeconds: (Date.now() - startedAt) / 1000,
    outcome: 'failed',
    phase,
    error,
    serverTail: stderr.slice(-20),
  });
  let phase: string = 'isolate';
  let result: Replicate | undefined;
  let lastMetrics: string | null = null;
  const stderr: string[] = [];
  child.stderr?.setEncoding('utf8');
  child.stderr?.on('data', (text: string) => {
    stderr.push(...text.split('\n').filter((line) => line.trim() !== ''));
    if (stderr.length > 100) stderr.splice(0, stderr.length - 100);
  });
  child.on('message', (message: FromReplicate) => {
    if (message.kind === 'phase') {
      phase = message.phase;
      onPhase(message.phase);
    } else if (message.kind === 'metrics') {
      options.onMetrics?.(message.url);
    } else if (message.kind === 'last metrics') {
      lastMetrics = message.text;
    } else {
      result = message.replicate;
    }
  });
  child.on('error', (error) => resolve(failed(`can't start the replicate's process: ${error.message}`)));
  child.on('close', (code, ending) => {
    if (result !== undefined) resolve(result);
    else if (signal.aborted) resolve(null);
    else resolve(failed(`the replicate's process ended without a result (${ending ?? `exit ${code}`})`));
  });
  const onAbort = () => stopProcess(child);
  signal.addEventListener('abort', onAbort, { once: true });
  const hang = setTimeout(() => child.kill('SIGKILL'), hangMs + spec.cell.load.durationSeconds * 1000);
  child.send({ kind: 'run', spec } satisfies ToReplicate, (error) => {
    // It ended before it could be told; `close` says how.
    if (error !== null) child.kill('SIGKILL');
  });
  try {
    return await promise;
  } finally {
    clearTimeout(hang);
    options.onEnd?.(lastMetrics);
    signal.removeEventListener('abort', onAbort);
  }
}

function startProcess(spec: ReplicateSpec): ChildProcess {
  const node = [process.execPath, entry] as const;
  const { program, args } =
    spec.isolation.mode === 'namespace'
      ? isolatedCommand(node[0], [node[1]])
      : { program: node[0], args: [node[1]] };
  // A session of its own: Ctrl-C is for the runner, which then ends the replicate in order.
  return spawn(program, args, { stdio: ['ignore', 'ignore', 'pipe', 'ipc'], detached: true });
}

/** Asks it to stop, and makes it after a while. */
function stopProcess(child: ChildProcess): void {
  if (child.connected) child.send({ kind: 'stop' } satisfies ToReplicate, () => {});
  const timer = setTimeout(() => child.kill('SIGKILL'), stopMs);
  child.once('close', () => clearTimeout(timer));
}
