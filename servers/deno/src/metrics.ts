import { runMetricsThread } from '@acceptbench/server/metricsThread';
import { textOf } from '@acceptbench/server/textOf';
import { now } from './clock.ts';
import { ownerPort } from './threads.ts';

runMetricsThread(ownerPort(), now, {
  listen(hostname, port, handler) {
    const { promise, resolve, reject } = Promise.withResolvers<number>();
    try {
      Deno.serve({ hostname, port, onListen: (address) => resolve(address.port) }, async (request) => {
        const { pathname } = new URL(request.url);
        const accept = request.headers.get('accept') ?? undefined;
        const { status, headers, body } = await handler({ method: request.method, target: pathname, accept });
        return new Response(body, { status, headers });
      });
    } catch (error) {
      reject(error);
    }
    return promise;
  },
  fetchText: async (url) => textOf(await fetch(url)),
});
