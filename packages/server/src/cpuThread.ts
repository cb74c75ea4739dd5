import { dataReply } from '@acceptbench/handler/routes';
import { createWork, type Work, type WorkResult } from '@acceptbench/handler/work';
import { Recorder } from '@acceptbench/metrics/recorder';
import { WorkerEnd } from './jobChannel.ts';
import type { ThreadPort } from './platform.ts';
import { type CpuInit, type CpuMessage, toCpuInit } from './protocol.ts';

/**
 * The life of a CPU worker: compile the work, say so, then do jobs in the order they come, for ever. It never goes back to
 * its event loop: it waits on its channel, and ends with the process or when its owner terminates it.
 *
 * @param makeWork makes what a job does; another than the handler's shows what becomes of a job that ends its thread
 */
export function runCpuThread(
  port: ThreadPort,
  now: () => number,
  makeWork: (work: Work) => () => WorkResult = createWork,
): void {
  const say = (message: CpuMessage) => port.post(message);
  port.onMessage((message) => {
    const init = toCpuInit(message);
    const run = makeWork(init.work);
    say({ kind: 'ready' });
    doJobs(init, run, now, () => say({ kind: 'ended' }));
  });
}

function doJobs(init: CpuInit, run: () => WorkResult, now: () => number, callOwner: () => void): never {
  const channel = new WorkerEnd(init.channel);
  const recorder = new Recorder(init.memory, init.thread);
  for (;;) {
    const queuedAt = channel.take();
    if (queuedAt === undefined) {
      channel.wait();
      continue;
    }
    channel.begin();
    const startedAt = now();
    recorder.jobWaited(Math.max(0, startedAt - queuedAt) / 1000);
    const { state, text } = attempt(run);
    recorder.workDone((now() - startedAt) / 1000);
    if (channel.end(state, text)) callOwner();
  }
}

function attempt(run: () => WorkResult): { state: 'done' | 'failed'; text: string } {
  try {
    return { state: 'done', text: dataReply(run()).body };
  } catch (error) {
    return { state: 'failed', text: String(error) };
  }
}
