import type { PlainReply } from '@acceptbench/handler/routes';
import { createExposition } from '@acceptbench/metrics/exposition';
import type { PlainHandler, ThreadPort } from './platform.ts';
import { type MetricsMessage, toMetricsInit } from './protocol.ts';

const notFound: PlainReply = {
  status: 404,
  headers: { 'content-type': 'text/plain' },
  body: 'try /metrics\n',
};

/**
 * The life of the metrics thread: it serves GET /metrics from shared memory and does nothing else, so that a scrape is
 * answered while every accept loop and worker is busy. `listen` resolves with the port it got.
 */
export function runMetricsThread(
  port: ThreadPort,
  listen: (host: string, port: number, handler: PlainHandler) => Promise<number>,
): void {
  port.onMessage((message) => {
    const init = toMetricsInit(message);
    const exposition = createExposition(init.source);
    const handler: PlainHandler = async ({ target, accept }) => {
      if (target !== '/metrics') return notFound;
      const { contentType, text } = await exposition.render(accept);
      return { status: 200, headers: { 'content-type': contentType }, body: text };
    };
    listen(init.host, init.port, handler).then(
      (listeningPort) => port.post({ kind: 'listening', port: listeningPort } satisfies MetricsMessage),
      (error: unknown) => port.post({ kind: 'failed', error: String(error) } satisfies MetricsMessage),
    );
  });
}
