import { once } from 'node:events';
import { createServer, type OutgoingHttpHeaders, type Server, type ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { PlainReply } from '@acceptbench/handler/routes';
import type { App } from '@acceptbench/server/app';
import type { Listening, ListenRequest } from '@acceptbench/server/platform';

/**
 * Serves an accept loop with node:http: Node's own API, and on Bun and Deno their compatibility layer.
 *
 * @param stopListening stops accepting, and leaves every connection as it is where the runtime can
 */
export async function listen(
  request: ListenRequest,
  app: App,
  stopListening: (server: Server) => void = (server) => server.close(),
): Promise<Listening> {
  let draining = false;
  const server = createServer((incoming, response) => {
    const startedAt = app.started();
    const answer = app.respond({ method: incoming.method ?? '', target: incoming.url ?? '' }, startedAt);
    response.on('close', () => {
      if (response.writableFinished) {
        app.finished(response.statusCode, startedAt);
      } else {
        app.aborted();
        if ('promise' in answer) answer.abandon();
      }
    });
    if ('promise' in answer) {
      void answer.promise.then((reply) => reply === null || send(response, reply, draining));
    } else {
      send(response, answer, draining);
    }
  });
  const open = new Set<Socket>();
  server.on('connection', (socket) => {
    app.connectionAccepted();
    open.add(socket);
    socket.on('close', () => {
      open.delete(socket);
      app.connectionClosed();
    });
  });
  const { host, port, backlog, reusePort } = request;
  server.listen({
    host,
    port,
    ...(backlog === null ? {} : { backlog }),
    ...(reusePort ? { reusePort } : {}),
  });
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('node:http gave no TCP address');
  return {
    port: address.port,
    async drain() {
      const closed = once(server, 'close');
      draining = true;
      stopListening(server);
      await closed;
      // The server's close comes before that of its last sockets, which are to be counted.
      await Promise.all([...open].map((socket) => once(socket, 'close')));
    },
    dropConnections: () => server.closeAllConnections(),
  };
}

let lastReply: PlainReply | undefined;
let lastHeaders: OutgoingHttpHeaders = {};

/** @param last ends the connection with this reply */
function send(response: ServerResponse, reply: PlainReply, last: boolean): void {
  const { status, headers, body } = reply;
  if (reply !== lastReply) {
    lastReply = reply;
    // The body is ASCII, so its length in characters is its length in bytes.
    lastHeaders = { ...headers, 'content-length': body.length };
  }
  response.writeHead(status, last ? { ...lastHeaders, connection: 'close' } : lastHeaders).end(body);
}
