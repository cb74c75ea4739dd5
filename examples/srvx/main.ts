/**
 * A server that is not ours, in a comparison with those that are: srvx serves web-standard requests on all three runtimes.
 * It shows what a server needs in order to take part: options from the environment, the routes, a line when it listens, a
 * line when it has drained. It has no metrics of its own, so the stages inside it are not split.
 */
import process from 'node:process';
import { dataReply, type PlainReply, route } from '@acceptbench/handler/routes';
import { createWork, parseWork } from '@acceptbench/handler/work';
import { serve } from 'srvx';

const { HOST = '127.0.0.1', PORT = '8080', WORK = 'wasm:4000000', API, TOPOLOGY, WORKERS } = process.env;
if (API !== 'native' || TOPOLOGY !== 'inline' || WORKERS !== '1') {
  console.error(
    `API, TOPOLOGY, WORKERS: got ${API}, ${TOPOLOGY}, ${WORKERS}, this server offers native, inline, 1`,
  );
  process.exit(2);
}
const work = createWork(parseWork(WORK));

function reply(method: string, target: string): PlainReply {
  const routed = route({ method, target });
  if (routed.kind === 'work') return dataReply(work());
  if (routed.kind === 'reply') return routed.reply;
  return { status: 404, headers: {}, body: 'this server has no metrics\n' };
}

const server = serve({
  hostname: HOST,
  port: Number(PORT),
  silent: true,
  gracefulShutdown: false,
  fetch(request) {
    const { status, headers, body } = reply(request.method, request.url);
    return new Response(request.method === 'HEAD' ? null : body, { status, headers });
  },
});
await server.ready();

process.on('SIGTERM', async () => {
  await server.close();
  console.log(JSON.stringify({ event: 'drained', complete: true }));
  process.exit(0);
});
const { bun, deno, node } = process.versions as Record<string, string | undefined>;
console.log(
  JSON.stringify({
    event: 'listening',
    url: server.url?.replace(/\/$/, ''),
    runtime: bun !== undefined ? 'bun' : deno !== undefined ? 'deno' : 'node',
    version: bun ?? deno ?? node,
    api: API,
    topology: TOPOLOGY,
    workers: 1,
    listeners: 1,
    work: WORK,
  }),
);
