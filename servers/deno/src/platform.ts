import { variables } from '@acceptbench/server/options';
import type { Platform } from '@acceptbench/server/platform';
import { now } from './clock.ts';
import { listen } from './listen.ts';
import { startThread } from './threads.ts';

/** Deno: Deno.serve and its own Worker. It may read the variables of a server and no others. */
export const platform: Platform = {
  runtime: 'deno',
  version: Deno.version.deno,
  capabilities: { apis: ['native'], topologies: ['inline', 'offload'] },
  connectionHook: false,
  backlog: { fallback: 511, honoured: true },
  pid: Deno.pid,
  args: Deno.args,
  env: Object.fromEntries(variables.map((name) => [name, Deno.env.get(name)])),
  now,
  print: (line) => console.log(line),
  printError: (line) => console.error(line),
  exit: (code) => Deno.exit(code),
  onSignal(handler) {
    Deno.addSignalListener('SIGINT', handler);
    if (Deno.build.os !== 'windows') Deno.addSignalListener('SIGTERM', handler);
  },
  after: (ms, callback) => Deno.unrefTimer(setTimeout(callback, ms)),
  startThread: (entry) =>
    startThread(new URL(entry === 'cpu' ? './cpu.ts' : './metrics.ts', import.meta.url)),
  listen,
  somaxconn() {
    try {
      return Number(Deno.readTextFileSync('/proc/sys/net/core/somaxconn'));
    } catch {
      return null; // Not Linux: nothing clamps the backlog in a way that can be read here.
    }
  },
};
