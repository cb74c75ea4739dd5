import { Server } from 'node:net';
import type { App } from '@acceptbench/server/app';
import type { Listening, ListenRequest } from '@acceptbench/server/platform';
import { listen as listenNodeHttp } from '@acceptbench/server-node-http/listen';

/**
 * Serves an accept loop with node:http. Its own close also ends each connection on which no request has begun, and so those that
 * were accepted a moment ago and whose request has not been read: that of node:net only stops listening.
 */
export function listen(request: ListenRequest, app: App): Promise<Listening> {
  return listenNodeHttp(request, app, (server) => void Server.prototype.close.call(server));
}
