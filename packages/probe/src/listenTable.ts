import type { ListenerSample } from '@acceptbench/results/sample';
import { type ListenFile, openListenFile } from './listenFile.ts';
import { type Guard, placeGuard } from './listenGuard.ts';
import { openProc, type ProcFile } from './procFile.ts';
import type { TcpRow } from './procNetTcp.ts';

/**
 * Reads between two looks at every LISTEN row, which find listeners that are new: 5 s at 50 reads a second, where a
 * look at both files (some 5 ms) then costs 0.1 % of a core. One that joins others on their address and port comes
 * before them (IPv4), so that rows move and it is noticed at once.
 */
const SCAN_EVERY = 250;
/** The same while no listener is known. */
const SCAN_EVERY_UNKNOWN = 10;

export type ListenTable = {
  /**
   * The listeners on the ports now, IPv4 first. Listeners seen before are exact at each call; a new one may be seen 10
   * calls late, or 250 when others are known already. Empty where nothing listens, or nothing can be measured.
   */
  read(): ListenerSample[];
  /** The same, from a look at every LISTEN row (some 2 ms a family): a new listener is in it at once. */
  scan(): ListenerSample[];
  /** How many reads of a file looked at every LISTEN row. */
  scans(): number;
  /** True when the next `read` costs µs; false while a guard is still to be placed. */
  isCheap(): boolean;
  /** What could not be measured, or not cheaply, so far: a sentence each. */
  notes(): string[];
  close(): void;
};

type Family = { path: string; host: string; file: ProcFile; listen: ListenFile };

/**
 * Opens the kernel's table of listeners for reading many times a second.
 *
 * A read is cheap only while another LISTEN row follows the last one wanted (see `windowBytes`). Where none does, the
 * table opens an idle listener of its own on a free loopback port, in the background; until it stands each read
 * costs some 2 ms. Shows the network namespace in which it was opened.
 *
 * @throws RangeError for a port that is none. Nothing for an OS without /proc/net/tcp: `notes` has the reason.
 */
export function openListenTable(options: { ports: readonly number[] }): ListenTable {
  const ports = new Set(options.ports);
  for (const port of ports) {
    if (!Number.isInteger(port) || port < 1 || port > 65_535) {
      throw new RangeError(`Cannot watch port ${port}: a port is an integer from 1 to 65535`);
    }
  }
  const notes: string[] = [];
  const families: Family[] = [];
  for (const { path, host } of [
    { path: '/proc/net/tcp', host: '127.0.0.1' },
    { path: '/proc/net/tcp6', host: '::1' },
  ]) {
    const file = openProc(path);
    if (file !== null) {
      families.push({ path, host, file, listen: openListenFile(file, (row) => ports.has(row.port)) });
    }
  }
  if (families.length === 0) {
    notes.push(`accept queues: no /proc/net/tcp on ${process.platform}; only Linux shows them`);
  }

  let closed = false;
  const guards: Guard[] = [];
  const guarding = new Set<Family>();
  const gaveUp = new Set<Family>();

  const guard = (family: Family) => {
    if (guarding.has(family) || gaveUp.has(family)) return;
    guarding.add(family);
    const giveUp = (why: string) => {
      gaveUp.add(family);
      notes.push(`each sample walks the socket table of ${family.path} (some 2 ms): ${why}`);
    };
    placeGuard(family.listen, family.host, () => closed)
      .then(
        (placed) => {
          if (placed === null) {
            if (!closed) giveUp('no listener of ours came to stand behind those of the server');
          } else if (closed) placed.close();
          else guards.push(placed);
        },
        (error: unknown) => giveUp(`cannot listen on ${family.host}: ${String(error)}`),
      )
      .finally(() => guarding.delete(family));
  };

  const collect = (readFamily: (family: Family) => TcpRow[]) => {
    const samples: ListenerSample[] = [];
    let found = false;
    for (const family of families) {
      for (const { address, inode, rxQueue } of readFamily(family)) {
        found = true;
        samples.push({ address, inode, queue: rxQueue });
      }
      if (family.listen.needsGuard()) guard(family);
    }
    anyKnown = found;
    return samples;
  };

  let anyKnown = false;
  return {
    read: () => collect(({ listen }) => listen.read(anyKnown ? SCAN_EVERY : SCAN_EVERY_UNKNOWN)),
    scan: () => collect(({ listen }) => listen.scan()),
    scans: () => families.reduce((sum, { listen }) => sum + listen.scans(), 0),
    isCheap: () => families.every((family) => !family.listen.needsGuard() && !guarding.has(family)),
    notes() {
      const unread = families.flatMap(({ path, listen }) => {
        const line = listen.firstUnread();
        return line === null ? [] : [`a row of ${path} could not be read: ${JSON.stringify(line)}`];
      });
      return [...notes, ...unread];
    },
    close() {
      closed = true;
      for (const placed of guards) placed.close();
      for (const { file } of families) file.close();
    },
  };
}
