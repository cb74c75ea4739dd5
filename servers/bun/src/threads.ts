import type { ThreadHandle, ThreadPort } from '@acceptbench/server/platform';

declare const self: Worker;

export function startThread(entry: URL): ThreadHandle {
  const worker = new Worker(entry.href);
  return {
    post: (message) => worker.postMessage(message),
    onMessage: (handler) => worker.addEventListener('message', (event: MessageEvent) => handler(event.data)),
    onExit(handler) {
      let reason: string | undefined;
      worker.addEventListener('error', (event: ErrorEvent) => {
        reason = event.message;
      });
      worker.addEventListener('close', () => handler(reason ?? 'it closed'));
    },
    terminate: () => worker.terminate(),
  };
}

/** The port to the thread's owner, in an entry that runs as a thread. */
export function ownerPort(): ThreadPort {
  return {
    post: (message) => self.postMessage(message),
    onMessage: (handler) => self.addEventListener('message', (event: MessageEvent) => handler(event.data)),
  };
}
