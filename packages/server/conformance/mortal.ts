import { createWork, type Work, type WorkResult } from '@acceptbench/handler/work';
import { runCpuThread } from '@acceptbench/server/cpuThread';
import type { Platform, ThreadHandle, ThreadPort } from '@acceptbench/server/platform';

/**
 * A server whose CPU workers come to harm in their second job, one after the other, and each in another way. It is a server
 * of ours in all else. What starts it is a manifest of its own (servers/<runtime>/mortal), which no comparison knows of.
 *
 * `exit`: the thread ends itself. `uncaught`: an error that nobody catches, outside the work. `terminate`: its owner ends it.
 * `throw`: the work throws, and the thread lives on.
 */
const endings = ['exit', 'uncaught', 'terminate', 'throw'] as const;

/** What becomes of it: each ending takes one job with it, and all but the last a thread. */
export const mortality = { lostJobs: endings.length, restarts: endings.length - 1, fatalJob: 2 } as const;

const plea = { kind: 'terminate me' } as const;

type Ending = (typeof endings)[number];

/** The entry of such a worker. `exit` is the runtime's way to end a thread from within. */
export function runMortalCpuThread(port: ThreadPort, now: () => number, exit: () => void): void {
  let ending: Ending | undefined;
  let doomed = false;
  const mortalNow = () => {
    if (doomed) throw new Error('an error that nobody catches');
    return now();
  };
  const mortalWork = (work: Work): (() => WorkResult) => {
    const run = createWork(work);
    let jobs = 0;
    return () => {
      jobs += 1;
      if (jobs !== mortality.fatalJob) return run();
      switch (ending) {
        case 'uncaught':
          doomed = true;
          return run();
        case 'exit':
          exit();
          return sleepForEver();
        case 'terminate':
          port.post(plea);
          return sleepForEver();
        case 'throw':
          throw new Error('the work threw');
        case undefined:
          throw new Error('the first message names an ending');
      }
    };
  };
  const mortalPort: ThreadPort = {
    post: (message) => port.post(message),
    onMessage: (handler) =>
      port.onMessage((message) => {
        ({ ending } = message as { ending: Ending });
        handler(message);
      }),
  };
  runCpuThread(mortalPort, mortalNow, mortalWork);
}

/** The platform of such a server. */
export function withMortalWorkers(platform: Platform, startMortal: () => ThreadHandle): Platform {
  let started = 0;
  return {
    ...platform,
    startThread(entry) {
      if (entry !== 'cpu') return platform.startThread(entry);
      const ending = endings[started % endings.length];
      started += 1;
      return mortal(startMortal(), ending);
    },
  };
}

/** A thread that is told of its ending, and is terminated when it asks for it. */
function mortal(thread: ThreadHandle, ending: Ending | undefined): ThreadHandle {
  return {
    ...thread,
    post: (message) => thread.post({ ...(message as object), ending }),
    onMessage: (handler) =>
      thread.onMessage((message) => {
        if ((message as { kind?: unknown }).kind === plea.kind) thread.terminate();
        else handler(message);
      }),
  };
}

function sleepForEver(): never {
  for (;;) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
}
