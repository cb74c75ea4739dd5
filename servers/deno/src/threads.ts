import type { ThreadHandle, ThreadPort } from '@acceptbench/server/platform';

declare const self: DedicatedWorkerGlobalScope;

/** Deno says nothing of a thread that ends without an error, so ours say farewell. */
const farewell = 'acceptbench: this thread ends';

export function startThread(entry: URL): ThreadHandle {
  const worker = new Worker(entry, { type: 'module' });
  const ended = Promise.withResolvers<string>();
  worker.addEventListener('error', (event) => {
    event.preventDefault(); // An error that nobody handles ends the whole process.
    ended.resolve(event.message);
  });
  worker.addEventListener('message', ({ data }) => data === farewell && ended.resolve('it exited'));
  return {
    post: (message) => worker.postMessage(message),
    onMessage: (handler) =>
      worker.addEventListener('message', ({ data }) => data === farewell || handler(data)),
    onExit: (handler) => void ended.promise.then(handler),
    terminate() {
      worker.terminate();
      ended.resolve('terminated');
    },
  };
}

/** The port to the thread's owner, in an entry that runs as a thread. */
export function ownerPort(): ThreadPort {
  self.addEventListener('unload', () => self.postMessage(farewell));
  return {
    post: (message) => self.postMessage(message),
    onMessage: (handler) => self.addEventListener('message', (event) => handler(event.data)),
  };
}
