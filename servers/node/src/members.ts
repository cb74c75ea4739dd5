import cluster from 'node:cluster';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import type { MemberHandle, Owner } from '@acceptbench/server/platform';

/** Starts a process of `prefork` with node:cluster, which hands it connections in turn. */
export function startMember(variables: Readonly<Record<string, string>>): MemberHandle {
  cluster.setupPrimary({
    exec: fileURLToPath(new URL('./main.ts', import.meta.url)),
    args: [],
    silent: true,
  });
  const worker = cluster.fork(variables);
  const { stdout, stderr } = worker.process;
  return {
    onLine: (handler) => void (stdout !== null && createInterface({ input: stdout }).on('line', handler)),
    onErrorLine: (handler) =>
      void (stderr !== null && createInterface({ input: stderr }).on('line', handler)),
    onExit: (handler) =>
      void worker.process.on('close', (code, signal) => handler(signal ?? `exit code ${code}`)),
    drain: () => void worker.send('drain'),
    kill: () => void worker.process.kill('SIGKILL'),
  };
}

/** The process that started this one, when it is a process of `prefork`. */
export function owner(): Owner | null {
  if (!cluster.isWorker) return null;
  return {
    onDrain: (handler) => void process.on('message', (message) => message === 'drain' && handler()),
    onGone: (handler) => void process.on('disconnect', handler),
  };
}
