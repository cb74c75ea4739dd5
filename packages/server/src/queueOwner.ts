import { Recorder } from '@acceptbench/metrics/recorder';
import type { MechanismContext } from './mechanism.ts';
import { OffloadQueue } from './offloadQueue.ts';
import type { CpuInit } from './protocol.ts';

/** Starts the offload queue and its CPU workers; `ready` resolves when every worker has compiled its work. */
export function startQueue({ platform, options, plan, source, fatal }: MechanismContext): OffloadQueue {
  return new OffloadQueue({
    workers: options.workers,
    limit: options.queueLimit,
    recorder: new Recorder(source.memory, plan.queueSlot),
    now: platform.now,
    onFatal: fatal,
    startWorker: (index, channel) => {
      const thread = platform.startThread('cpu');
      thread.post({
        work: options.work,
        memory: source.memory,
        thread: plan.workerSlot + index,
        channel,
      } satisfies CpuInit);
      return thread;
    },
  });
}
