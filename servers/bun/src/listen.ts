import type { PlainReply } from '@acceptbench/handler/routes';
import type { App } from '@acceptbench/server/app';
import type { Listening, ListenRequest } from '@acceptbench/server/platform';
import { listen as listenNodeHttp } from '@acceptbench/server-node-http/listen';

/**
 * Serves an accept loop with Bun.serve. It has no hook for connections, nor for a reply that has been written: a request
 * counts as finished when its reply is handed to Bun.
 */
export async function listen(asked: ListenRequest, app: App): Promise<Listening> {
  if (asked.api === 'node-http') return listenNodeHttp(asked, app);
  const server = Bun.serve({
    hostname: asked.host,
    port: asked.port,
    reusePort: asked.reusePort,
    fetch(request) {
      const startedAt = app.started();
      const answer = app.respond({ method: request.method, target: request.url });
      if (!('promise' in answer)) return finish(answer, startedAt);
      let gone = false;
      const abandon = () => {
        gone = true;
        answer.abandon();
        app.aborted();
      };
      request.signal.addEventListener('abort', abandon, { once: true });
      return answer.promise.then((reply) => {
        if (reply === null || gone) return new Response(null, { status: 499 });
        request.signal.removeEventListener('abort', abandon);
        return finish(reply, startedAt);
      });
    },
  });
  const finish = (reply: PlainReply, startedAt: number): Response => {
    app.finished(reply.status, startedAt);
    return new Response(reply.body, { status: reply.status, headers: reply.headers });
  };
  const { port } = server;
  if (port === undefined) throw new Error('Bun.serve gave no port');
  return { port, drain: () => server.stop(), dropConnections: () => void server.stop(true) };
}
