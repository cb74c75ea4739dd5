import { setTimeout as delay } from 'node:timers/promises';
import type { Cell } from '@acceptbench/results/cell';
import type { SilentResult } from '@acceptbench/results/load';
import type { Sample } from '@acceptbench/results/sample';
import { startClient } from './client.ts';
import { deadline } from './deadline.ts';
import { ReplicateError } from './error.ts';

/** How long opening them may take, in ms; and for how long a listener may defer one that says nothing (Bun's: 1 s). */
const openMs = 60_000;
const settleMs = 5_000;

export interface SilentConnections {
  /** Closes them, and says how it went with them. */
  release(): Promise<SilentResult>;
  kill(): void;
}

export interface SilentOptions {
  readonly cell: Cell;
  readonly baseUrl: string;
  readonly prefix: readonly string[];
  /** What the probe has seen so far: grows meanwhile. */
  readonly samples: readonly Sample[];
  readonly now: () => number;
}

/**
 * Opens a cell's silent connections and waits until the kernel has let all of them in, so that from then on it counts the
 * load's alone. Null where the cell has none.
 */
export async function holdSilentConnections(options: SilentOptions): Promise<SilentConnections | null> {
  const { cell, baseUrl, prefix, samples, now } = options;
  const asked = cell.load.kind === 'constant-arrival-rate' ? cell.load.silentConnections : undefined;
  if (asked === undefined) return null;
  const opened = Promise.withResolvers<{ connected: number; openedFromMs: number; why: string | null }>();
  const closed = Promise.withResolvers<number>();
  const child = await startClient({ kind: 'silent', baseUrl, connections: asked }, prefix, (said) => {
    if (said.event === 'opened') opened.resolve(said);
    if (said.event === 'closed') closed.resolve(said.closedByServer);
  });
  const ended = child.ended.then((): never => {
    throw new ReplicateError(
      `the client of the silent connections ended: ${child.tail().at(-1) ?? 'without a word'}`,
    );
  });
  // Whoever races it hears of it; after that nobody does, and it is no accident.
  ended.catch(() => {});
  try {
    const { connected, openedFromMs, why } = await deadline(
      Promise.race([opened.promise, ended]),
      openMs,
      () => new ReplicateError(`${asked} silent connections were not open within ${openMs / 1000} s`),
    );
    if (connected < asked) {
      throw new ReplicateError(
        `${connected} of ${asked} silent connections could be opened: ${why ?? 'no reason was given'}`,
      );
    }
    await untilLetIn(samples, openedFromMs, connected);
    const settledAtMs = now();
    return {
      async release() {
        child.kill('SIGTERM');
        const closedByServer = await deadline(
          Promise.race([closed.promise, ended]),
          settleMs,
          () => new ReplicateError('the client of the silent connections did not close them'),
        );
        return { asked, connected, closedByServer, openedFromMs, settledAtMs };
      },
      kill: () => child.kill('SIGKILL'),
    };
  } catch (error) {
    child.kill('SIGKILL');
    throw error;
  }
}

/** Until the kernel has counted so many more connections, or some seconds have gone: then a law will not hold, and says so. */
async function untilLetIn(
  samples: readonly Sample[],
  openedFromMs: number,
  connected: number,
): Promise<void> {
  // Not every sample has it.
  const opens = (untilMs: number) => {
    const last = samples.findLast(
      (sample) => sample.kind === 'kernel' && sample.counters.passiveOpens !== null && sample.atMs <= untilMs,
    );
    return last?.kind === 'kernel' ? (last.counters.passiveOpens ?? undefined) : undefined;
  };
  const before = opens(openedFromMs);
  if (before === undefined) return;
  const end = performance.now() + settleMs;
  const letIn = () => (opens(Number.POSITIVE_INFINITY) ?? before) - before;
  while (letIn() < connected && performance.now() < end) await delay(10);
}
