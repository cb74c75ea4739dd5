import type { Platform } from '@acceptbench/server/platform';
import { textOf } from '@acceptbench/server/textOf';
import { now } from './clock.ts';
import { listen } from './listen.ts';
import { owner, readable, startMember } from './members.ts';
import { listSockets } from './sockets.ts';
import { startThread } from './threads.ts';

const entries = { cpu: './cpu.ts', metrics: './metrics.ts', accept: './accept.ts' } as const;

/** Deno: Deno.serve or its node:http, and its own Worker. It may read the variables of a server and no others. */
export const platform: Platform = {
  runtime: 'deno',
  version: Deno.version.deno,
  capabilities: {
    apis: ['native', 'node-http'],
    topologies: ['inline', 'offload', 'reuseport', 'reuseport-offload', 'prefork'],
  },
  connectionHook: (api) => api === 'node-http',
  backlog: () => ({ fallback: 511, honoured: true }),
  preforkSharing: 'sharded',
  pid: Deno.pid,
  args: Deno.args,
  env: Object.fromEntries(readable.map((name) => [name, Deno.env.get(name)])),
  now,
  print: (line) => console.log(line),
  printError: (line) => console.error(line),
  exit: (code) => Deno.exit(code),
  onSignal(handler) {
    Deno.addSignalListener('SIGINT', handler);
    if (Deno.build.os !== 'windows') Deno.addSignalListener('SIGTERM', handler);
  },
  after: (ms, callback) => Deno.unrefTimer(setTimeout(callback, ms)),
  startThread: (entry) => startThread(new URL(entries[entry], import.meta.url)),
  listen,
  startMember,
  watchFront: null,
  owner,
  listSockets,
  fetchText: async (url) => textOf(await fetch(url)),
};
