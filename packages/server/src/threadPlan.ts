import type { ThreadDescription } from '@acceptbench/metrics/exposition';
import { type Options, offloads } from './options.ts';

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

/** @param member index of a process of `prefork`, so that its threads' names differ from those of the others */
export function planThreads(options: Options, member: number | null): ThreadPlan {
  const workers = offloads(options.topology) ? options.workers : 0;
  const worker: ThreadDescription[] = numbered(workers, (index) => ({
    name: `worker-${index}`,
    writes: ['compute', 'worker'],
  }));
  if (options.topology === 'offload') {
    return {
      threads: [{ name: 'accept-0', writes: ['accept', 'queue'] }, ...worker],
      queueSlot: 0,
      workerSlot: 1,
    };
  }
  if (options.topology === 'reuseport-offload') {
    const accept = numbered(options.listeners, (index) => ({
      name: `accept-${index}`,
      writes: ['accept'] as const,
    }));
    const queue: ThreadDescription = { name: 'queue', writes: ['queue'] };
    const { length } = accept;
    return { threads: [...accept, queue, ...worker], queueSlot: length, workerSlot: length + 1 };
  }
  // The process that starts the others of `prefork` accepts nothing, and has no thread to show.
  const loops =
    options.topology === 'prefork' && member === null
      ? 0
      : options.topology === 'reuseport'
        ? options.listeners
        : 1;
  const threads = numbered(loops, (index) => ({
    name: `accept-${member ?? index}`,
    writes: ['accept', 'compute'] as const,
  }));
  return { threads, queueSlot: 0, workerSlot: 0 };
}

function numbered<T>(count: number, make: (index: number) => T): T[] {
  return Array.from({ length: count }, (_, index) => make(index));
}
