import type { PlainReply } from '@acceptbench/handler/routes';
import type { App } from '@acceptbench/server/app';
import type { Listening, ListenRequest } from '@acceptbench/server/platform';

/**
 * Serves an accept loop with Deno.serve. It has no hook for connections; a request counts as finished when its reply is
 * handed to Deno.
 */
export async function listen(asked: ListenRequest, app: App): Promise<Listening> {
  if (asked.api === 'node-http') return (await nodeHttp()).listen(asked, app);
  const { promise, resolve } = Promise.withResolvers<number>();
  const server = Deno.serve(
    {
      hostname: asked.host,
      port: asked.port,
      reusePort: asked.reusePort,
      ...(asked.backlog === null ? {} : { tcpBacklog: asked.backlog }),
      onListen: ({ port }) => resolve(port),
    },
    (request) => {
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
  );
  const finish = (reply: PlainReply, startedAt: number): Response => {
    app.finished(reply.status, startedAt);
    return new Response(reply.body, { status: reply.status, headers: reply.headers });
  };
  // Aborting a server that shuts down throws where nobody can catch it, so what is left is dropped by ending the process.
  const dropped = Promise.withResolvers<void>();
  return {
    port: await promise,
    drain: () => Promise.race([server.shutdown(), dropped.promise]),
    dropConnections: () => dropped.resolve(),
  };
}

/** Loaded where it is asked for: its types are Node's, which this folder is not checked with. */
async function nodeHttp(): Promise<{ listen: (asked: ListenRequest, app: App) => Promise<Listening> }> {
  const name = '@acceptbench/server-node-http/listen';
  return await import(name);
}
