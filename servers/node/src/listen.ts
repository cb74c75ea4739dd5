import { once } from 'node:events';
import { createServer } from 'node:http';
import type { App } from '@acceptbench/server/app';
import type { Options } from '@acceptbench/server/options';
import type { Listening } from '@acceptbench/server/platform';

/** Serves an accept loop with node:http. */
export async function listen(options: Options, app: App): Promise<Listening> {
  const server = createServer((request, response) => {
    const startedAt = app.started();
    const answer = app.respond({ method: request.method ?? '', target: request.url ?? '' });
    response.on('close', () => {
      if (response.writableFinished) {
        app.finished(response.statusCode, startedAt);
      } else {
        app.aborted();
        if ('promise' in answer) answer.abandon();
      }
    });
    if ('promise' in answer) {
      void answer.promise.then((reply) => {
        if (reply !== null) response.writeHead(reply.status, reply.headers).end(reply.body);
      });
    } else {
      response.writeHead(answer.status, answer.headers).end(answer.body);
    }
  });
  server.on('connection', (socket) => {
    app.connectionAccepted();
    socket.on('close', () => app.connectionClosed());
  });
  server.listen({
    host: options.host,
    port: options.port,
    ...(options.backlog === null ? {} : { backlog: options.backlog }),
  });
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('node:http gave no TCP address');
  return {
    port: address.port,
    async drain() {
      const closed = once(server, 'close');
      server.close();
      await closed;
    },
  };
}
