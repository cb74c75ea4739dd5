import { runMetricsThread } from '@acceptbench/server/metricsThread';
import { textOf } from '@acceptbench/server/textOf';
import { now } from './clock.ts';
import { ownerPort } from './threads.ts';

runMetricsThread(ownerPort(), now, {
  async listen(hostname, port, handler) {
    const server = Bun.serve({
      hostname,
      port,
      async fetch(request) {
        const { pathname } = new URL(request.url);
        const accept = request.headers.get('accept') ?? undefined;
        const { status, headers, body } = await handler({ method: request.method, target: pathname, accept });
        return new Response(body, { status, headers });
      },
    });
    if (server.port === undefined) throw new Error('Bun.serve gave no port');
    return server.port;
  },
  fetchText: async (url) => textOf(await fetch(url)),
});
