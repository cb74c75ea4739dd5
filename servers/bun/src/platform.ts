import { readFileSync } from 'node:fs';
import type { Platform } from '@acceptbench/server/platform';
import { now } from './clock.ts';
import { listen } from './listen.ts';
import { startThread } from './threads.ts';

/** Bun: Bun.serve and its own Worker. */
export const platform: Platform = {
  runtime: 'bun',
  version: Bun.version,
  capabilities: { apis: ['native'], topologies: ['inline', 'offload'] },
  connectionHook: false,
  backlog: { fallback: 512, honoured: false },
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
  startThread: (entry) =>
    startThread(new URL(entry === 'cpu' ? './cpu.ts' : './metrics.ts', import.meta.url)),
  listen,
  somaxconn() {
    try {
      return Number(readFileSync('/proc/sys/net/core/somaxconn', 'utf8'));
    } catch {
      return null; // Not Linux: nothing clamps the backlog in a way that can be read here.
    }
  },
};
