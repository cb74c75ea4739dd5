import { metricsFailed, type PlainReply } from '@acceptbench/handler/routes';
import { createExposition, type ExpositionSource } from '@acceptbench/metrics/exposition';
import { joinSlots, writeSlots } from '@acceptbench/metrics/merge';
import { slotsPath } from './member.ts';
import type { PlainHandler, ThreadPort } from './platform.ts';
import { type MetricsInit, type MetricsMessage, toMetricsMessage } from './protocol.ts';

const notFound: PlainReply = {
  status: 404,
  headers: { 'content-type': 'text/plain' },
  body: 'try /metrics\n',
};

const json = { 'content-type': 'application/json' } as const;

const methodNotAllowed: PlainReply = {
  status: 405,
  headers: { 'content-type': 'text/plain', allow: 'GET, HEAD' },
  body: 'method not allowed\n',
};

export interface MetricsThreadApi {
  /** Resolves with the port it got. */
  listen(host: string, port: number, handler: PlainHandler): Promise<number>;
  /** The body of a GET; rejects when there is none. */
  fetchText(url: string): Promise<string>;
}

/**
 * The life of the metrics thread: it serves GET /metrics from shared memory and does nothing else, so that a scrape is
 * answered while every accept loop and worker is busy. With members, other processes of the same server, it asks their
 * metrics threads for their slots and shows all as one: that takes less than a rendered text, so what is shown together was read
 * within a part of a ms.
 */
export function runMetricsThread(port: ThreadPort, now: () => number, api: MetricsThreadApi): void {
  let members: readonly string[] = [];
  let info: Readonly<Record<string, string>> = {};
  const gather = async (own: ExpositionSource): Promise<ExpositionSource> =>
    members.length === 0 ? own : joinSlots(own, await Promise.all(members.map((url) => api.fetchText(url))));
  const start = (init: MetricsInit) => {
    const show = async (accept: string | undefined): Promise<PlainReply> => {
      const source = await gather(init.source);
      const { contentType, text } = await createExposition({ ...source, info }, now).render(accept);
      return { status: 200, headers: { 'content-type': contentType }, body: text };
    };
    const handler: PlainHandler = async ({ method, target, accept }) => {
      if (method !== 'GET' && method !== 'HEAD') return methodNotAllowed;
      const [path] = target.split('?', 1);
      if (path === slotsPath && init.member)
        return { status: 200, headers: json, body: writeSlots(init.source) };
      if (path !== '/metrics') return notFound;
      // A member may be ending.
      return await show(accept).catch(() => metricsFailed);
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
