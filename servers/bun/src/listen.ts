import type { PlainReply, PlainRequest } from '@acceptbench/handler/routes';
import type { App } from '@acceptbench/server/app';
import type { Listening, ListenRequest } from '@acceptbench/server/platform';
import { listen as listenNodeHttp } from '@acceptbench/server-node-http/listen';

/**
 * Serves an accept loop with Bun.serve. It has no hook for connections, nor for a reply that has been written: a request
 * counts as finished when its reply is handed to Bun.
 */
export async function listen(asked: ListenRequest, app: App): Promise<Listening> {
  if (asked.api === 'node-http') return listenNodeHttp(asked, app);
  const respond = (request: Request, plain: PlainRequest): Response | Promise<Response> => {
    const answer = app.answer(plain);
    if (!('promise' in answer)) return toResponse(answer);
    request.signal.addEventListener('abort', () => answer.abandon(), { once: true });
    return answer.promise.then(toResponse);
  };
  const server = Bun.serve({
    hostname: asked.host,
    port: asked.port,
    reusePort: asked.reusePort,
    // Bun's router knows the path and the method; to read them from a request costs more than all that is done here.
    routes: { '/data': { GET: (request) => respond(request, getData) } },
    fetch: (request) => respond(request, { method: request.method, target: request.url }),
  });
  const { port } = server;
  if (port === undefined) throw new Error('Bun.serve gave no port');
  return { port, drain: () => server.stop(), dropConnections: () => void server.stop(true) };
}

const getData: PlainRequest = { method: 'GET', target: '/data' };

/** Status and headers of the last reply, which most share: to make Headers of a plain object costs a tenth of a µs. */
let last = { status: 200, plain: {} as PlainReply['headers'], headers: new Headers() };

/** A client that has gone reads nothing. */
function toResponse(reply: PlainReply | null): Response {
  if (reply === null) return new Response(null, { status: 499 });
  const { status, headers: plain, body } = reply;
  if (plain !== last.plain || status !== last.status) last = { status, plain, headers: new Headers(plain) };
  return new Response(body, last);
}
