import type { ThreadDescription } from '@acceptbench/metrics/exposition';
import { type Options, offloads } from './options.ts';
import type { Sharing } from './platform.ts';

/**
 * The threads of one process that record metrics, in the order of their slots: accept loops, the owner of the offload
 * queue where it accepts nothing itself, and CPU workers.
 */
export interface ThreadPlan {
  readonly threads: readonly ThreadDescription[];
  /** Slot of the offload queue's owner. */
  readonly queueSlot: number;
  /** Slot of the first CPU worker. */
  readonly workerSlot: number;
}

/**
 * @param member index of a process of `prefork`, so that its threads' names differ from those of the others
 * @param preforkSharing how the processes of `prefork` share their port
 */
export function planThreads(options: Options, member: number | null, preforkSharing: Sharing): ThreadPlan {
  const workers = offloads(options.topology) ? options.workers : 0;
  const worker: ThreadDescription[] = numbered(workers, (index) => ({
    name: `worker-${index}`,
    writes: ['compute', 'worker'],
  }));
  if (options.topology === 'offload') {
    return {
      threads: [{ name: 'accept-0', writes: ['accept', 'serve', 'queue'] }, ...worker],
      queueSlot: 0,
      workerSlot: 1,
    };
  }
  if (options.topology === 'reuseport-offload') {
    const accept = numbered(options.listeners, (index) => ({
      name: `accept-${index}`,
      writes: ['accept', 'serve'] as const,
    }));
    const queue: ThreadDescription = { name: 'queue', writes: ['queue'] };
    const { length } = accept;
    return { threads: [...accept, queue, ...worker], queueSlot: length, workerSlot: length + 1 };
  }
  // In turn means that the process that starts the others accepts for them, and they serve; else it has nothing to show.
  const inTurn = options.topology === 'prefork' && preforkSharing === 'round-robin';
  if (options.topology === 'prefork' && member === null) {
    return { threads: inTurn ? [{ name: 'primary', writes: ['accept'] }] : [], queueSlot: 0, workerSlot: 0 };
  }
  const threads = numbered(options.topology === 'reuseport' ? options.listeners : 1, (index) => ({
    name: `accept-${member ?? index}`,
    writes: inTurn ? (['serve', 'compute'] as const) : (['accept', 'serve', 'compute'] as const),
  }));
  return { threads, queueSlot: 0, workerSlot: 0 };
}

function numbered<T>(count: number, make: (index: number) => T): T[] {
  return Array.from({ length: count }, (_, index) => make(index));
}
