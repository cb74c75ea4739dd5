import { once } from 'node:events';
import { type AddressInfo, createServer, type Server } from 'node:net';
import type { ListenFile } from './listenFile.ts';

/** Listeners tried at once: at first, and at most. All rounds together make 3,300 tries. */
const FIRST_CANDIDATES = 16;
const MOST_CANDIDATES = 256;
const ROUNDS = 16;

/** A listener of our own whose only use is to stand behind the server's in the kernel's order. */
export type Guard = { close(): void };

/**
 * Opens listeners on free ports of `host` until one stands behind every wanted row, keeps that one, and closes the
 * others. The order is that of a seeded hash of address and port, so it takes luck: t tries all fail for n
 * listeners with probability n / (n + t), hence many tries at once.
 *
 * @returns null when no candidate came to stand there, or `isOver` said to stop
 * @throws what `listen` throws, for example where `host` is not an address of this machine
 */
export async function placeGuard(
  file: ListenFile,
  host: string,
  isOver: () => boolean,
): Promise<Guard | null> {
  for (let round = 0; round < ROUNDS && !isOver(); round++) {
    const length = Math.min(MOST_CANDIDATES, FIRST_CANDIDATES * 2 ** round);
    const candidates = await listenOn(host, length);
    const ports = new Map(candidates.map((server) => [(server.address() as AddressInfo).port, server]));
    let kept: Server | undefined;
    if (!isOver()) {
      file.scan();
      // A guard for rows that have gone meanwhile would do no harm, and no good.
      const behind = file.needsGuard() ? undefined : file.rows().findLast((row) => ports.has(row.port));
      kept = behind === undefined ? undefined : ports.get(behind.port);
    }
    for (const server of candidates) if (server !== kept) server.close();
    if (kept === undefined) continue;
    const server = kept;
    file.scan();
    if (!file.needsGuard()) return { close: () => server.close() };
    server.close();
  }
  return null;
}

/** All of them, or none: where one fails those that stand are closed. */
async function listenOn(host: string, length: number): Promise<Server[]> {
  const outcomes = await Promise.allSettled(Array.from({ length }, () => listen(host)));
  const servers = outcomes.flatMap((outcome) => (outcome.status === 'fulfilled' ? [outcome.value] : []));
  const failed = outcomes.find((outcome) => outcome.status === 'rejected');
  if (failed === undefined) return servers;
  for (const server of servers) server.close();
  throw failed.reason;
}

async function listen(host: string): Promise<Server> {
  const server = createServer((socket) => socket.destroy());
  server.listen({ host, port: 0, backlog: 1, exclusive: true });
  await once(server, 'listening');
  return server.unref();
}
