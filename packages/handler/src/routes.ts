import type { WorkResult } from './work.ts';

/** What a route needs to know of a request: every runtime can say it without building objects of its own. */
export interface PlainRequest {
  readonly method: string;
  /** Request target: `/data`, `/data?x=1`, or in absolute form `http://host/data`. */
  readonly target: string;
}

/** A reply in plain values. The body is ASCII, so its length in characters is its length in bytes. */
export interface PlainReply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** A reply at once, or work to be done first (by whom is the topology's business), or the server's metrics. */
export type Routed =
  | { readonly kind: 'reply'; readonly reply: PlainReply }
  | { readonly kind: 'work' }
  | { readonly kind: 'metrics' };

const json = { 'content-type': 'application/json' } as const;
const plain = { 'content-type': 'text/plain; charset=utf-8' } as const;

const ok: Routed = { kind: 'reply', reply: { status: 200, headers: plain, body: 'ok\n' } };
const notFound: Routed = { kind: 'reply', reply: { status: 404, headers: plain, body: 'not found\n' } };
const methodNotAllowed: Routed = {
  kind: 'reply',
  reply: { status: 405, headers: { ...plain, allow: 'GET, HEAD' }, body: 'method not allowed\n' },
};
const work: Routed = { kind: 'work' };
const metrics: Routed = { kind: 'metrics' };

/** Decides what a request asks for. HEAD is GET without the body, which the adapter leaves out. */
export function route(request: PlainRequest): Routed {
  const path = pathOf(request.target);
  if (path !== '/data' && path !== '/healthz' && path !== '/metrics') return notFound;
  if (request.method !== 'GET' && request.method !== 'HEAD') return methodNotAllowed;
  if (path === '/data') return work;
  return path === '/healthz' ? ok : metrics;
}

let lastResult: WorkResult | undefined;
let lastReply: PlainReply | undefined;

/** The reply to a request whose work is done; made once for a result that comes again, as that of `none` does. */
export function dataReply(result: WorkResult): PlainReply {
  if (lastReply !== undefined && result === lastResult) return lastReply;
  lastResult = result;
  lastReply = { status: 200, headers: json, body: JSON.stringify(result) };
  return lastReply;
}

/** The reply when the work threw, or the worker that did it died. */
export const workFailed: PlainReply = { status: 500, headers: plain, body: 'the work failed\n' };

/** The reply when the metrics can't be had. */
export const metricsFailed: PlainReply = { status: 500, headers: plain, body: 'the metrics failed\n' };

/** The reply when the offload queue is full. One second: about what a full queue of 250 jobs of 4 ms takes. */
export const overloaded: PlainReply = {
  status: 503,
  headers: { ...plain, 'retry-after': '1' },
  body: 'overloaded\n',
};

/** The path of a request target, without its query; RFC 9112 §3.2 has a server take the absolute form too. */
function pathOf(target: string): string {
  let start = 0;
  if (!target.startsWith('/')) {
    const scheme = target.indexOf('://');
    if (scheme === -1) return target;
    start = target.indexOf('/', scheme + 3);
    if (start === -1) return '/';
  }
  const query = target.indexOf('?', start);
  if (query !== -1) return target.slice(start, query);
  return start === 0 ? target : target.slice(start);
}
