import { createWork } from '@acceptbench/handler/work';
import { Recorder } from '@acceptbench/metrics/recorder';
import { App, type Labour } from './app.ts';
import { OwnMetrics } from './metricsReply.ts';
import type { Listening, ListenRequest, ThreadPort } from './platform.ts';
import { type AcceptInit, type FromAcceptThread, toAcceptInit, toAcceptThread } from './protocol.ts';
import { RemoteQueue } from './remoteQueue.ts';

/** The life of an accept thread: a listener of its own, and the work done here or in its owner's queue. */
export function runAcceptThread(
  port: ThreadPort,
  now: () => number,
  listen: (request: ListenRequest, app: App) => Promise<Listening>,
): void {
  const post = (message: FromAcceptThread) => port.post(message);
  const queue = new RemoteQueue(post);
  let listening: Listening | undefined;
  let metrics: OwnMetrics | undefined;
  const start = async (init: AcceptInit) => {
    const labour: Labour =
      init.work === null ? { kind: 'offload', queue } : { kind: 'inline', run: createWork(init.work) };
    const own = new OwnMetrics(init.source, now);
    metrics = own;
    try {
      listening = await listen(
        init.request,
        new App(labour, new Recorder(init.source.memory, init.thread), now, () => own.reply()),
      );
      post({ kind: 'listening', port: listening.port });
    } catch (error) {
      post({ kind: 'failed', error: error instanceof Error ? error.message : String(error) });
    }
  };
  let started = false;
  port.onMessage((message) => {
    if (!started) {
      started = true;
      void start(toAcceptInit(message));
      return;
    }
    const told = toAcceptThread(message);
    if (told.kind === 'outcome') queue.settled(told.id, told.outcome);
    else if (told.kind === 'info') metrics?.setInfo(told.info);
    else if (told.kind === 'drop-connections') listening?.dropConnections();
    else {
      void listening?.drain().then(
        () => post({ kind: 'drained' }),
        (error: unknown) => post({ kind: 'failed', error: String(error) }),
      );
    }
  });
}
