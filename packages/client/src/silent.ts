import { connect, type Socket } from 'node:net';
import type { Clock } from './exchange.ts';
import type { SilentTask } from './messages.ts';

/** Connections that are being opened at once, at most: they are to be there, and no burst that fills an accept queue. */
const atOnce = 64;

export interface Held {
  readonly opened: { readonly openedFromMs: number; readonly connected: number; readonly why: string | null };
  /** How many the server has closed so far. */
  readonly closedByServer: number;
  /** Closes those that are left. */
  close(): void;
}

/** Opens connections, and keeps them without a word. */
export async function holdSilent({ baseUrl, connections }: SilentTask, now: Clock): Promise<Held> {
  const { hostname: host, port } = new URL(baseUrl);
  const openedFromMs = now();
  const held = new Set<Socket>();
  let connected = 0;
  let why: string | null = null;
  let closedByServer = 0;
  let left = connections;
  const openOne = () =>
    new Promise<void>((resolve) => {
      const socket = connect({ host, port: Number(port) });
      socket.once('connect', () => {
        connected += 1;
        held.add(socket);
        resolve();
      });
      socket.on('error', (error) => {
        // Of one that stood, `close` tells.
        if (!held.has(socket)) why ??= error.message;
      });
      // Nobody listens for data; without this, the server's end of it is never seen.
      socket.resume();
      socket.once('close', () => {
        if (held.delete(socket)) closedByServer += 1;
        resolve();
      });
    });
  const opener = async () => {
    while (left > 0 && why === null) {
      left -= 1;
      await openOne();
    }
  };
  await Promise.all(Array.from({ length: atOnce }, opener));
  return {
    opened: { openedFromMs, connected, why },
    get closedByServer() {
      return closedByServer;
    },
    close() {
      const open = [...held];
      held.clear();
      for (const socket of open) socket.destroy();
    },
  };
}
