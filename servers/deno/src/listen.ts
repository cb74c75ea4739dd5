import type { PlainReply } from '@acceptbench/handler/routes';
import type { App } from '@acceptbench/server/app';
import type { Listening, ListenRequest } from '@acceptbench/server/platform';

/**
 * Serves an accept loop with Deno.serve. It has no hook for connections; a request counts as finished when its reply is
 * handed to Deno.
 */
export async function listen(asked: ListenRequest, app: App): Promise<Listening> {
  if (asked.api === 'node-http') return (await nodeHttp()).listen(asked, app);
  const abort = new AbortController();
  const { promise, resolve } = Promise.withResolvers<number>();
  const server = Deno.serve(
    {
      hostname: asked.host,
      port: asked.port,
      reusePort: asked.reusePort,
      signal: abort.signal,
      ...(asked.backlog === null ? {} : { tcpBacklog: asked.backlog }),
      onListen: ({ port }) => resolve(port),
    },
    (request) => {
      const startedAt = app.started();
      const answer = app.respond({ method: request.method, target: request.url });
      if (!('promise' in answer)) return finish(answer, startedAt);
      const abandon = () => {
        answer.abandon();
        app.aborted();
      };
      request.signal.addEventListener('abort', abandon, { once: true });
      return answer.promise.then((reply) => {
        if (reply === null) return new Response(null, { status: 499 });
        request.signal.removeEventListener('abort', abandon);
        return finish(reply, startedAt);
      });
    },
  );
  const finish = (reply: PlainReply, startedAt: number): Response => {
    app.finished(reply.status, startedAt);
    return new Response(reply.body, { status: reply.status, headers: reply.headers });
  };
  return { port: await promise, drain: () => server.shutdown(), dropConnections: () => abort.abort() };
}

/** Loaded where it is asked for: its types are Node's, which this folder is not checked with. */
async function nodeHttp(): Promise<{ listen: (asked: ListenRequest, app: App) => Promise<Listening> }> {
  const name = '@acceptbench/server-node-http/listen';
  return await import(name);
}
