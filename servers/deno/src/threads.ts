import type { ThreadHandle, ThreadPort } from '@acceptbench/server/platform';

declare const self: DedicatedWorkerGlobalScope;

export function startThread(entry: URL): ThreadHandle {
  const worker = new Worker(entry, { type: 'module' });
  return {
    post: (message) => worker.postMessage(message),
    onMessage: (handler) => worker.addEventListener('message', (event) => handler(event.data)),
    onExit(handler) {
      worker.addEventListener('error', (event) => {
        event.preventDefault(); // An error that nobody handles ends the whole process.
        handler(event.message);
      });
    },
    terminate: () => worker.terminate(),
  };
}

/** The port to the thread's owner, in an entry that runs as a thread. */
export function ownerPort(): ThreadPort {
  return {
    post: (message) => self.postMessage(message),
    onMessage: (handler) => self.addEventListener('message', (event) => handler(event.data)),
  };
}
