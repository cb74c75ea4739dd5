import { readTotals } from '@acceptbench/metrics/snapshot';
import { cannotListen } from './errors.ts';
import type { Mechanism, MechanismContext } from './mechanism.ts';
import { UsageError } from './options.ts';
import { type AcceptInit, fromAcceptThread, type ToAcceptThread } from './protocol.ts';
import { startQueue } from './queueOwner.ts';
import { serveRemoteQueue } from './remoteQueue.ts';

/**
 * `reuseport` and `reuseport-offload`: N threads, each with a listener of its own on one port. The first takes the port
 * that was asked for, or the one the kernel chose; the others join it.
 *
 * @throws UsageError when the runtime does not share the port
 */
export async function startReuseport(context: MechanismContext): Promise<Mechanism> {
  const { platform, options, plan, source, fatal } = context;
  const queue = options.topology === 'reuseport-offload' ? startQueue(context) : undefined;
  await queue?.ready;
  const { api, host, backlog } = options;
  const loops: AcceptLoop[] = [];
  let port = options.port;
  for (let thread = 0; thread < options.listeners; thread += 1) {
    const request = { api, host, port, backlog, reusePort: true };
    const work = queue === undefined ? options.work : null;
    const loop = startLoop(context, { request, source, thread, work }, queue);
    loops.push(loop);
    try {
      port = await loop.listening;
    } catch (cause) {
      for (const started of loops) started.close();
      queue?.close();
      if (thread === 0) throw cannotListen('PORT', host, port, cause);
      throw new UsageError(
        `TOPOLOGY: got "${options.topology}", but listener ${thread + 1} can't share port ${port}: ${platform.runtime}'s ${api} API ignores SO_REUSEPORT here (${cause instanceof Error ? cause.message : String(cause)})`,
      );
    }
  }
  const all = (message: ToAcceptThread) => {
    for (const loop of loops) loop.tell(message);
  };
  for (const loop of loops) loop.onExit(fatal);
  return {
    port,
    sharing: 'sharded',
    async drain() {
      const drained = Promise.all(loops.map((loop) => loop.drained));
      all({ kind: 'drain' });
      await drained;
    },
    dropConnections: () => all({ kind: 'drop-connections' }),
    close() {
      for (const loop of loops) loop.close();
      queue?.close();
    },
    setInfo: (info) => all({ kind: 'info', info }),
    totals: () => readTotals(source.memory, plan.threads.length),
  };
}

interface AcceptLoop {
  readonly listening: Promise<number>;
  readonly drained: Promise<void>;
  tell(message: ToAcceptThread): void;
  onExit(handler: (message: string) => void): void;
  close(): void;
}

function startLoop(
  { platform }: MechanismContext,
  init: AcceptInit,
  queue: Parameters<typeof serveRemoteQueue>[0] | undefined,
): AcceptLoop {
  const listening = Promise.withResolvers<number>();
  const drained = Promise.withResolvers<void>();
  const thread = platform.startThread('accept');
  const tell = (message: ToAcceptThread) => thread.post(message);
  const jobs =
    queue === undefined
      ? undefined
      : serveRemoteQueue(queue, (id, outcome) => tell({ kind: 'outcome', id, outcome }));
  let ended: ((message: string) => void) | undefined;
  let closed = false;
  thread.onMessage((message) => {
    const said = fromAcceptThread(message);
    if (said.kind === 'submit' || said.kind === 'abandon') jobs?.(said);
    else if (said.kind === 'listening') listening.resolve(said.port);
    else if (said.kind === 'drained') drained.resolve();
    else listening.reject(new Error(said.error));
  });
  thread.onExit((reason) => {
    const message = `accept thread ${init.thread} ended: ${reason}`;
    listening.reject(new Error(message));
    if (!closed) ended?.(message);
  });
  thread.post(init);
  return {
    listening: listening.promise,
    drained: drained.promise,
    tell,
    onExit(handler) {
      ended = handler;
    },
    close() {
      closed = true;
      thread.terminate();
    },
  };
}
