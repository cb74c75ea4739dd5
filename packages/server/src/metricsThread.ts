import type { PlainReply } from '@acceptbench/handler/routes';
import { createExposition } from '@acceptbench/metrics/exposition';
import { mergeExpositions } from '@acceptbench/metrics/merge';
import type { PlainHandler, ThreadPort } from './platform.ts';
import { type MetricsInit, type MetricsMessage, toMetricsMessage } from './protocol.ts';

const notFound: PlainReply = {
  status: 404,
  headers: { 'content-type': 'text/plain' },
  body: 'try /metrics\n',
};

const methodNotAllowed: PlainReply = {
  status: 405,
  headers: { 'content-type': 'text/plain', allow: 'GET, HEAD' },
  body: 'method not allowed\n',
};

export interface MetricsThreadApi {
  /** Resolves with the port it got. */
  listen(host: string, port: number, handler: PlainHandler): Promise<number>;
  /** The body of a GET with that Accept header; rejects when there is none. */
  fetchText(url: string, accept: string): Promise<string>;
}

/**
 * The life of the metrics thread: it serves GET /metrics from shared memory and does nothing else, so that a scrape is
 * answered while every accept loop and worker is busy. With members, other processes of the same server, it asks their
 * metrics threads and gives all as one.
 */
export function runMetricsThread(port: ThreadPort, api: MetricsThreadApi): void {
  let members: readonly string[] = [];
  let info: Readonly<Record<string, string>> = {};
  const start = (init: MetricsInit) => {
    const handler: PlainHandler = async ({ method, target, accept }) => {
      if (method !== 'GET' && method !== 'HEAD') return methodNotAllowed;
      if (target.split('?', 1)[0] !== '/metrics') return notFound;
      const exposition = createExposition({ ...init.source, info });
      if (members.length === 0) {
        const { contentType, text } = await exposition.render(accept);
        return { status: 200, headers: { 'content-type': contentType }, body: text };
      }
      const own = await exposition.render(accept);
      const texts = await Promise.all(members.map((url) => api.fetchText(url, accept ?? '*/*')));
      return {
        status: 200,
        headers: { 'content-type': own.contentType },
        body: mergeExpositions([own.text, ...texts]),
      };
    };
    api.listen(init.host, init.port, handler).then(
      (listeningPort) => port.post({ kind: 'listening', port: listeningPort } satisfies MetricsMessage),
      (error: unknown) => port.post({ kind: 'failed', error: String(error) } satisfies MetricsMessage),
    );
  };
  port.onMessage((message) => {
    const told = toMetricsMessage(message);
    if (told.kind === 'init') start(told);
    else if (told.kind === 'info') info = told.info;
    else members = told.urls;
  });
}
