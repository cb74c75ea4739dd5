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
      const answer = app.answer({ method: request.method, target: request.url });
      if (!('promise' in answer)) return toResponse(answer);
      request.signal.addEventListener('abort', () => answer.abandon(), { once: true });
      return answer.promise.then(toResponse);
    },
  );
  // Aborting a server that shuts down throws where nobody can catch it, so what is left is dropped by ending the process.
  const dropped = Promise.withResolvers<void>();
  return {
    port: await promise,
    async drain() {
      await untilRead();
      await Promise.race([server.shutdown(), dropped.promise]);
    },
    dropConnections: () => dropped.resolve(),
  };
}

/**
 * A server that shuts down closes the connections that it has accepted and not begun to read (denoland/deno#31959). Behind a loop
 * that computes there are hundreds. Deno reads before it comes to its timers; after one of them a few were left at times, after three none.
 */
async function untilRead(): Promise<void> {
  for (let turn = 0; turn < 3; turn += 1) {
    await new Promise<void>((resolve) => setTimeout(resolve, 0));
  }
}

/** A client that has gone reads nothing. */
function toResponse(reply: PlainReply | null): Response {
  return reply === null ? new Response(null, { status: 499 }) : new Response(reply.body, reply);
}

/** Loaded where it is asked for: its types are Node's, which this folder is not checked with. */
async function nodeHttp(): Promise<{ listen: (asked: ListenRequest, app: App) => Promise<Listening> }> {
  const name = '@acceptbench/server-node-http/listen';
  return await import(name);
}
