import type { ListenerSample } from '@acceptbench/results/sample';
import { type ListenFile, openListenFile } from './listenFile.ts';
import { openProc, type ProcFile } from './procFile.ts';

/** The tables of listeners, and the loopback address of each. */
export const FAMILIES = [
  { path: '/proc/net/tcp', loopback: '127.0.0.1' },
  { path: '/proc/net/tcp6', loopback: '::1' },
] as const;

/**
 * Reads between two looks at every LISTEN row, which find listeners that are new: 30 s at 50 reads a second, where a
 * look at both files (some 5 ms) then costs 0.02 % of a core. One that joins others on their address and port comes
 * before them (IPv4), so that rows move and it is noticed at once.
 */
const SCAN_EVERY = 1500;
/** The same while no listener is known. */
const SCAN_EVERY_UNKNOWN = 10;

export type ListenTable = {
  /**
   * The listeners on the ports now, IPv4 first. Listeners seen before are exact at each call; a new one may be seen 10
   * calls late, or 1500 when others are known already. Empty where nothing listens, or nothing can be measured.
   */
  read(): ListenerSample[];
  /** The same, from a look at every LISTEN row (some 2 ms a family): a new listener is in it at once. */
  scan(): ListenerSample[];
  /** How many reads of a file looked at every LISTEN row. */
  scans(): number;
  /** True when the next `read` costs µs; false where it walks the socket table, for want of a guard. */
  isCheap(): boolean;
  /** What could not be measured so far: a sentence each. */
  notes(): string[];
  close(): void;
};

type Family = { path: string; file: ProcFile; listen: ListenFile };

/**
 * Opens the kernel's table of listeners for reading many times a second. A read is cheap only while another LISTEN row
 * follows the last one wanted: see `placeGuards`. Shows the network namespace in which it was opened.
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
  const families: Family[] = FAMILIES.flatMap(({ path }) => {
    const file = openProc(path);
    return file === null ? [] : [{ path, file, listen: openListenFile(file, (row) => ports.has(row.port)) }];
  });
  const absent =
    families.length === 0
      ? [`accept queues: no /proc/net/tcp on ${process.platform}; only Linux shows them`]
      : [];

  let anyKnown = false;
  const collect = (scanEvery: number) => {
    const samples: ListenerSample[] = [];
    for (const { listen } of families) listen.read(scanEvery, samples);
    anyKnown = samples.length > 0;
    return samples;
  };

  return {
    read: () => collect(anyKnown ? SCAN_EVERY : SCAN_EVERY_UNKNOWN),
    scan: () => collect(0),
    scans: () => families.reduce((sum, { listen }) => sum + listen.scans(), 0),
    isCheap: () => families.every(({ listen }) => !listen.needsGuard()),
    notes() {
      const unread = families.flatMap(({ path, listen }) => {
        const line = listen.firstUnread();
        return line === null ? [] : [`a row of ${path} could not be read: ${JSON.stringify(line)}`];
      });
      return [...absent, ...unread];
    },
    close() {
      for (const { file } of families) file.close();
    },
  };
}
