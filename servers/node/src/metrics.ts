import { once } from 'node:events';
import { createServer } from 'node:http';
import { runMetricsThread } from '@acceptbench/server/metricsThread';
import { textOf } from '@acceptbench/server/textOf';
import { now } from './clock.ts';
import { ownerPort } from './threads.ts';

runMetricsThread(ownerPort(), now, {
  async listen(host, port, handler) {
    const server = createServer(async (request, response) => {
      const { method = '', url = '', headers } = request;
      const reply = await handler({ method, target: url, accept: headers.accept });
      response.writeHead(reply.status, reply.headers).end(reply.body);
    });
    server.listen({ host, port });
    await once(server, 'listening');
    const address = server.address();
    if (address === null || typeof address === 'string') throw new Error('node:http gave no TCP address');
    return address.port;
  },
  fetchText: async (url) => textOf(await fetch(url)),
});
