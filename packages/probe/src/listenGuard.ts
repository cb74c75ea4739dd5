import { once } from 'node:events';
import { type AddressInfo, createServer, type Server } from 'node:net';
import { type ListenFile, openListenFile } from './listenFile.ts';
import { FAMILIES } from './listenTable.ts';
import { openProc } from './procFile.ts';

/** Listeners tried at once: at first, and at most. All rounds together make 3,300 tries. */
const FIRST_CANDIDATES = 16;
const MOST_CANDIDATES = 256;
const ROUNDS = 16;
/** Ports tried for a server's: the first of so many stands within the first hundredth of the table, on average. */
const PLACES = 100;

/** Listeners of our own whose only use is to stand behind the server's in the kernel's order. */
export type Guards = {
  /** Where none could be placed, and why: a sentence each. */
  readonly notes: readonly string[];
  close(): void;
};

/** A free port for a server, and listeners of ours behind it. */
export type Place = {
  readonly port: number;
  /** One of ours that has another behind it. */
  readonly guardPort: number;
  close(): void;
};

/**
 * Finds a free port whose listener will be the first in the kernel's table, and keeps two others right behind it. A read of a
 * listener walks the table's memory as far as its row and on to the next, up to a MiB, so a server that listens at the front is
 * the cheapest to sample. Nothing holds the port until the server does: so it is for a namespace of one's own. Null where the
 * table does not show our listeners.
 *
 * @throws what `listen` throws
 */
export async function findPlace(): Promise<Place | null> {
  const [{ path, loopback }] = FAMILIES;
  const file = openProc(path);
  if (file === null) return null;
  const candidates = await listenOn(loopback, PLACES);
  const byPort = new Map(candidates.map((server) => [portOf(server), server]));
  const listen = openListenFile(file, () => false);
  listen.read(0, []);
  file.close();
  const [first, ...behind] = listen.behind().flatMap(({ port }) => (byPort.has(port) ? [port] : []));
  const [guardPort, lastPort] = behind;
  const kept = [guardPort, lastPort].flatMap((port) => byPort.get(port ?? 0) ?? []);
  const others = candidates.filter((server) => !kept.includes(server));
  await Promise.all(others.map((server) => new Promise((resolve) => server.close(resolve))));
  const close = () => {
    for (const server of kept) server.close();
  };
  if (first !== undefined && guardPort !== undefined && lastPort !== undefined) {
    return { port: first, guardPort, close };
  }
  close();
  return null;
}

/**
 * Sees to it that another LISTEN row follows the last one of `ports`, in each of the two tables, so that reading them is
 * cheap (see `windowBytes`): where none does it opens an idle listener on a free loopback port. Never rejects: what did not
 * work is in `notes`.
 */
export async function placeGuards(ports: readonly number[]): Promise<Guards> {
  const servers: Server[] = [];
  const notes: string[] = [];
  for (const { path, loopback } of FAMILIES) {
    const file = openProc(path);
    if (file === null) continue;
    const listen = openListenFile(file, ({ port }) => ports.includes(port));
    try {
      listen.read(0, []);
      const server = listen.needsGuard() ? await placeGuard(listen, loopback) : null;
      if (server !== null) servers.push(server);
    } catch (error) {
      notes.push(`cannot listen on ${loopback} to make reading ${path} cheap: ${String(error)}`);
    } finally {
      file.close();
    }
  }
  return {
    notes,
    close() {
      for (const server of servers) server.close();
    },
  };
}

/**
 * Opens listeners on free ports of `host` until one stands behind every wanted row, keeps that one, and closes the
 * others. The order is that of a seeded hash of address and port, so it takes luck: t tries all fail for n
 * listeners with probability n / (n + t), hence many tries at once. Of those that do, the nearest: what lies between is
 * walked at each read.
 *
 * @returns null when no candidate came to stand there
 * @throws what `listen` throws, for example where `host` is not an address of this machine
 */
async function placeGuard(file: ListenFile, host: string): Promise<Server | null> {
  for (let round = 0; round < ROUNDS; round++) {
    const length = Math.min(MOST_CANDIDATES, FIRST_CANDIDATES * 2 ** round);
    const candidates = await listenOn(host, length);
    const ports = new Map(candidates.map((server) => [portOf(server), server]));
    file.read(0, []);
    const behind = file.behind().find((row) => ports.has(row.port));
    const kept = behind === undefined ? undefined : ports.get(behind.port);
    for (const server of candidates) if (server !== kept) server.close();
    if (kept === undefined) continue;
    file.read(0, []);
    if (!file.needsGuard()) return kept;
    kept.close();
  }
  return null;
}

const portOf = (server: Server) => (server.address() as AddressInfo).port;

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

/** Guards that are placed at most, as a server's listeners come and go. */
const MOST_GUARDS = 8;

/** Places guards, now and when they are asked for again: one round at a time. */
export async function startGuarding(ports: readonly number[]) {
  const placed: Guards[] = [];
  let placing = false;
  let closed = false;
  const place = async () => {
    if (placing || placed.length >= MOST_GUARDS) return;
    placing = true;
    const guards = await placeGuards(ports);
    placing = false;
    if (closed) guards.close();
    else placed.push(guards);
  };
  await place();
  return {
    place: () => void place(),
    notes: () => [...new Set(placed.flatMap(({ notes }) => notes))],
    close() {
      closed = true;
      for (const guards of placed.splice(0)) guards.close();
    },
  };
}
