import { allocateMetrics } from '@acceptbench/metrics/layout';
import { Recorder } from '@acceptbench/metrics/recorder';
import { Piscina } from 'piscina';
import { startThread } from '../../../../servers/node/src/threads.ts';
// The queue as the server has it, not a copy: no entry of @acceptbench/server needs to offer it to anybody else.
import { OffloadQueue } from '../../../server/src/offloadQueue.ts';
import type { CpuInit } from '../../../server/src/protocol.ts';

/** Something that does jobs on other threads. */
export interface Pool {
  /** Hands a job over; `settled` is called with its body. */
  submit(settled: (body: string) => void): void;
}

export const poolKinds = ['ours', 'piscina'] as const;
export type PoolKind = (typeof poolKinds)[number];

/** A pool whose workers are ready. `fail` hears of a job that was not done. */
export function openPool(kind: PoolKind, workers: number, fail: (error: Error) => void): Promise<Pool> {
  return kind === 'ours' ? openQueue(workers, fail) : openPiscina(workers, fail);
}

/** The offload queue as a Node server runs it: its threads, its metrics, its clock. */
async function openQueue(workers: number, fail: (error: Error) => void): Promise<Pool> {
  const memory = allocateMetrics(1 + workers);
  const { timeOrigin } = performance;
  const queue = new OffloadQueue({
    workers,
    limit: null,
    recorder: new Recorder(memory, 0),
    now: () => timeOrigin + performance.now(),
    onFatal: (message) => fail(new Error(message)),
    startWorker(index, channel) {
      const thread = startThread(new URL('../../../../servers/node/src/cpu.ts', import.meta.url));
      const init: CpuInit = { work: { kind: 'none', iterations: 0 }, memory, thread: 1 + index, channel };
      thread.post(init);
      return thread;
    },
  });
  await queue.ready;
  return {
    submit(settled) {
      const job = queue.submit((outcome) => {
        if (outcome.state === 'done') settled(outcome.body);
        else fail(new Error(`a job was not done: ${JSON.stringify(outcome)}`));
      });
      if (job === 'shed') fail(new Error('a job was shed, though the queue has no limit'));
    },
  };
}

async function openPiscina(workers: number, fail: (error: Error) => void): Promise<Pool> {
  const pool = new Piscina<undefined, string>({
    filename: new URL('./task.ts', import.meta.url).href,
    minThreads: workers,
    maxThreads: workers,
  });
  await Promise.all(Array.from({ length: workers }, () => pool.run(undefined)));
  return {
    submit: (settled) => void pool.run(undefined).then(settled, fail),
  };
}
