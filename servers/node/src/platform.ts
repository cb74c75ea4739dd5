import cluster from 'node:cluster';
import type { Platform } from '@acceptbench/server/platform';
import { textOf } from '@acceptbench/server/textOf';
import { now } from './clock.ts';
import { watchFront } from './front.ts';
import { listen } from './listen.ts';
import { owner, startMember } from './members.ts';
import { listSockets } from './sockets.ts';
import { startThread } from './threads.ts';

const entries = { cpu: './cpu.ts', metrics: './metrics.ts', accept: './accept.ts' } as const;

const sharing = cluster.schedulingPolicy === cluster.SCHED_RR ? 'round-robin' : 'single';

/** Node: node:http, worker_threads and cluster. Its native API is node:http. */
export const platform: Platform = {
  runtime: 'node',
  version: process.versions.node,
  capabilities: {
    apis: ['native', 'node-http'],
    topologies: ['inline', 'offload', 'reuseport', 'reuseport-offload', 'prefork'],
  },
  connectionHook: () => true,
  backlog: () => ({ fallback: 511, honoured: true }),
  preforkSharing: sharing,
  pid: process.pid,
  args: process.argv.slice(2),
  env: process.env,
  now,
  print: (line) => console.log(line),
  printError: (line) => console.error(line),
  exit: (code) => process.exit(code),
  onSignal(handler) {
    process.on('SIGTERM', handler);
    process.on('SIGINT', handler);
  },
  after: (ms, callback) => void setTimeout(callback, ms).unref(),
  startThread: (entry) => startThread(new URL(entries[entry], import.meta.url)),
  listen,
  startMember,
  watchFront: sharing === 'round-robin' ? watchFront : null,
  owner,
  listSockets,
  fetchText: async (url) => textOf(await fetch(url)),
};
