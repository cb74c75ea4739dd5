import { parentPort, Worker } from 'node:worker_threads';
import type { ThreadHandle, ThreadPort } from '@acceptbench/server/platform';

export function startThread(entry: URL): ThreadHandle {
  const worker = new Worker(entry);
  return {
    post: (message) => worker.postMessage(message),
    onMessage: (handler) => void worker.on('message', handler),
    onExit(handler) {
      let reason: string | undefined;
      worker.on('error', (error) => {
        reason = String(error);
      });
      worker.on('exit', (code) => handler(reason ?? `exit code ${code}`));
    },
    terminate: () => void worker.terminate(),
  };
}

/** The port to the thread's owner, in an entry that runs as a thread. */
export function ownerPort(): ThreadPort {
  const port = parentPort;
  if (port === null) throw new Error('this entry runs as a thread of main.ts');
  return {
    post: (message) => port.postMessage(message),
    onMessage: (handler) => void port.on('message', handler),
  };
}
