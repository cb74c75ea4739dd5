import type { PlainReply } from '@acceptbench/handler/routes';
import { createWork } from '@acceptbench/handler/work';
import { Recorder } from '@acceptbench/metrics/recorder';
import { readTotals } from '@acceptbench/metrics/snapshot';
import { App, type Labour } from './app.ts';
import { cannotListen } from './errors.ts';
import type { Mechanism, MechanismContext } from './mechanism.ts';
import { memberMetricsVariable } from './member.ts';
import { OwnMetrics } from './metricsReply.ts';
import type { Platform } from './platform.ts';
import { startQueue } from './queueOwner.ts';

/**
 * `inline` and `offload`: one accept loop, on this thread. Also one process of `prefork`, which shares its port.
 *
 * @throws Error when it can't listen, or a CPU worker does not get ready
 */
export async function startSingle(context: MechanismContext, reusePort: boolean): Promise<Mechanism> {
  const { platform, options, plan, source } = context;
  const queue = options.topology === 'offload' ? startQueue(context) : undefined;
  await queue?.ready;
  const labour: Labour =
    queue === undefined ? { kind: 'inline', run: createWork(options.work) } : { kind: 'offload', queue };
  const own = new OwnMetrics(source, platform.now);
  const app = new App(labour, new Recorder(source.memory, 0), platform.now, metricsOf(platform, own));
  const { api, host, port, backlog } = options;
  const listening = await platform
    .listen({ api, host, port, backlog, reusePort }, app)
    .catch((error: unknown) => {
      queue?.close();
      throw cannotListen('PORT', host, port, error);
    });
  return {
    port: listening.port,
    sharing: 'single',
    drain: () => listening.drain(),
    dropConnections: () => listening.dropConnections(),
    close: () => queue?.close(),
    setInfo: (info) => own.setInfo(info),
    totals: () => readTotals(source.memory, plan.threads.length),
  };
}

/** A process of `prefork` shows what all of them show, which its owner knows. */
function metricsOf(platform: Platform, own: OwnMetrics): () => Promise<PlainReply> {
  const url = platform.owner() === null ? undefined : platform.env[memberMetricsVariable];
  if (url === undefined) return () => own.reply();
  return async () => ({
    status: 200,
    headers: { 'content-type': 'text/plain; version=0.0.4; charset=utf-8' },
    body: await platform.fetchText(url),
  });
}
