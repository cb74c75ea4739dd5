import { dataReply } from '@acceptbench/handler/routes';
import { createWork } from '@acceptbench/handler/work';
import { Recorder } from '@acceptbench/metrics/recorder';
import type { ThreadPort } from './platform.ts';
import { type CpuMessage, toCpuInit, toCpuJob } from './protocol.ts';

/** The life of a CPU worker: compile the work, say so, then do jobs in the order they come. */
export function runCpuThread(port: ThreadPort, now: () => number): void {
  let doJob: ((message: unknown) => CpuMessage) | undefined;
  port.onMessage((message) => {
    if (doJob !== undefined) {
      port.post(doJob(message));
      return;
    }
    const init = toCpuInit(message);
    const run = createWork(init.work);
    const recorder = new Recorder(init.memory, init.thread);
    doJob = (job) => {
      const { id, queuedAt } = toCpuJob(job);
      const startedAt = now();
      recorder.jobWaited(Math.max(0, startedAt - queuedAt) / 1000);
      try {
        const { body } = dataReply(run());
        return { kind: 'done', id, body };
      } catch (error) {
        return { kind: 'failed', id, error: String(error) };
      } finally {
        recorder.workDone((now() - startedAt) / 1000);
      }
    };
    port.post({ kind: 'ready' } satisfies CpuMessage);
  });
}
