import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads';
import { connections, get } from './client.ts';

/** A closed loop: so many connections, each with a request outstanding at all times. */
export interface Busy {
  /** Ends the load. @throws Error when a request failed on the way. */
  stop(): Promise<void>;
}

interface Order {
  readonly url: string;
  readonly connections: number;
}

/**
 * Keeps a server busy from a thread of its own, so that nothing of it delays what this thread measures. Resolves when
 * every connection has had its first answer.
 *
 * @throws Error when a request fails.
 */
export async function keepBusy(order: Order): Promise<Busy> {
  const worker = new Worker(new URL(import.meta.url), { workerData: order });
  const ready = Promise.withResolvers<void>();
  const failed = Promise.withResolvers<never>();
  failed.promise.catch(() => {}); // Its readers are `keepBusy` and `stop`, who may not be listening yet.
  worker.on('message', () => ready.resolve());
  worker.on('error', (cause) => failed.reject(new Error(`the load on ${order.url} failed`, { cause })));
  await Promise.race([ready.promise, failed.promise]);
  return {
    async stop() {
      await Promise.race([worker.terminate(), failed.promise]);
    },
  };
}

async function load({ url, connections: n }: Order, onFirst: () => void): Promise<void> {
  const agent = connections(n);
  const loops = Array.from({ length: n }, async (_, index) => {
    await get(url, agent);
    return index;
  });
  await Promise.all(loops);
  onFirst();
  await Promise.all(
    loops.map(async () => {
      for (;;) await get(url, agent);
    }),
  );
}

if (!isMainThread && parentPort !== null) {
  const port = parentPort;
  await load(workerData, () => port.postMessage('ready'));
}
