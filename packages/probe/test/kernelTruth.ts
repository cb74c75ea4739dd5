import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

/** Asks until `get` gives what `isRight` wants, or 60 s have gone; gives the last answer either way. */
export async function poll<T>(get: () => T | Promise<T>, isRight: (value: T) => boolean): Promise<T> {
  const deadline = performance.now() + 60_000;
  for (;;) {
    const value = await get();
    if (isRight(value) || performance.now() > deadline) return value;
    await delay(5);
  }
}

export type BlockedListener = { port: number; process: ChildProcess };

/** Starts a process whose listener takes exactly `accept` connections and then blocks for good. */
export async function startBlockedListener(
  options: { host?: string; port?: number; backlog?: number; accept?: number; reusePort?: boolean } = {},
): Promise<BlockedListener> {
  const { host = '127.0.0.1', port = 0, backlog = 511, accept = 0, reusePort = false } = options;
  const file = fileURLToPath(new URL('./blockedListener.ts', import.meta.url));
  const child = spawn(process.execPath, [file, host, port, backlog, accept, reusePort].map(String), {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [line] = await Promise.race([
    once(child.stdout, 'data'),
    once(child, 'exit').then(([code]) => {
      throw new Error(`the blocked listener ended with ${code} before it listened`);
    }),
  ]);
  return { port: Number(String(line)), process: child };
}

/** Starts a Bun server, whose listener has TCP_DEFER_ACCEPT. */
export async function startDeferringListener(): Promise<BlockedListener> {
  const code = `console.log(Bun.serve({ hostname: '127.0.0.1', port: 0, fetch: () => new Response() }).port)`;
  const bun = fileURLToPath(new URL('../../../node_modules/.bin/bun', import.meta.url));
  const child = spawn(bun, ['--eval', code], { stdio: ['ignore', 'pipe', 'inherit'] });
  const [line] = await Promise.race([
    once(child.stdout, 'data'),
    once(child, 'exit').then(([exit]) => {
      throw new Error(`bun ended with ${exit} before it listened`);
    }),
  ]);
  return { port: Number(String(line)), process: child };
}

export async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exited = once(child, 'exit');
  child.kill('SIGKILL');
  await exited;
}

/** Opens `n` connections and waits until the handshake of each is done. */
export async function openConnections(port: number, n: number, host = '127.0.0.1'): Promise<Socket[]> {
  const sockets = Array.from({ length: n }, () => connect({ port, host }));
  for (const socket of sockets) socket.on('error', () => socket.destroy());
  await Promise.all(sockets.map((socket) => once(socket, 'connect')));
  return sockets;
}
