import type { KernelSample } from '@acceptbench/results/sample';
import { openProc, type ProcFile } from './procFile.ts';

/** The counters of a sample, cumulative per network namespace. One that this kernel lacks is null, never 0. */
export type KernelCounters = KernelSample['counters'];

const TCP = ['PassiveOpens'] as const;
const TCP_EXT = [
  'ListenOverflows',
  'ListenDrops',
  'TCPSynRetrans',
  // SYNs that found the queue of unfinished handshakes full: dropped, or answered with a cookie.
  'TCPReqQFullDrop',
  'TCPReqQFullDoCookies',
  // Final ACKs without data that TCP_DEFER_ACCEPT ignored.
  'TCPDeferAcceptDrop',
] as const;

/** A sample's counters out of the values of `TCP` and `TCP_EXT`, in their order. */
function toCounters(tcp: CounterValues, ext: CounterValues): KernelCounters {
  return {
    passiveOpens: tcp[0] ?? null,
    listenOverflows: ext[0] ?? null,
    listenDrops: ext[1] ?? null,
    synRetrans: ext[2] ?? null,
    reqQFullDrop: ext[3] ?? null,
    reqQFullDoCookies: ext[4] ?? null,
    deferAcceptDrop: ext[5] ?? null,
  };
}

/** Values in the order of the names asked for; one that is not there is null. */
export type CounterValues = readonly (number | null)[];

const NEWLINE = 10;
const SPACE = 32;
const MINUS = 45;

/**
 * Finds counters in the bytes of /proc/net/netstat or /proc/net/snmp: pairs of lines, `Tcp: NameA NameB` and `Tcp: 1 2`. The
 * columns are looked up when the names are first seen, or change; after that no string is made (see `readQueues`).
 *
 * @param group as the kernel names it, `Tcp`
 */
export function createCounterFinder(
  group: string,
  names: readonly string[],
): (bytes: Uint8Array, length: number) => CounterValues {
  const prefix = encode(`${group}: `);
  const values: (number | null)[] = names.map(() => null);
  let header: Uint8Array = encode('');
  /** For each column of the line of values, which of `names` it is: -1 for one that nobody asked for. */
  let columns: number[] = [];

  const learn = (bytes: Uint8Array, from: number, to: number) => {
    header = bytes.slice(from, to);
    const found = decode(header).split(' ');
    columns = found.map((name, column) => (column === 0 ? -1 : names.indexOf(name)));
    columns.length = columns.findLastIndex((index) => index !== -1) + 1;
  };

  return (bytes, length) => {
    for (let index = 0; index < values.length; index++) values[index] = null;
    const from = lineWith(prefix, bytes, length);
    if (from === -1) return values;
    if (!hasAt(header, bytes, from, length) || bytes[from + header.length] !== NEWLINE) {
      learn(bytes, from, endOfLine(bytes, from, length));
    }
    let at = from + header.length + 1;
    if (!hasAt(prefix, bytes, at, length)) return values;
    for (let column = 0; column < columns.length; column++) {
      const index = columns[column] ?? -1;
      const end = endOfWord(bytes, at, length);
      // Where the line ends early its last word has no column behind it, and where the bytes do, it may be cut off.
      if (end === length) return values;
      if (index !== -1) values[index] = toInteger(bytes, at, end);
      if (bytes[end] === NEWLINE) return values;
      at = end + 1;
    }
    return values;
  };
}

function lineWith(prefix: Uint8Array, bytes: Uint8Array, length: number): number {
  for (let at = 0; at < length; at = endOfLine(bytes, at, length) + 1) {
    if (hasAt(prefix, bytes, at, length)) return at;
  }
  return -1;
}

function hasAt(wanted: Uint8Array, bytes: Uint8Array, from: number, length: number): boolean {
  if (from + wanted.length > length) return false;
  for (let at = 0; at < wanted.length; at++) if (bytes[from + at] !== wanted[at]) return false;
  return true;
}

function endOfLine(bytes: Uint8Array, from: number, length: number): number {
  let at = from;
  while (at < length && bytes[at] !== NEWLINE) at++;
  return at;
}

function endOfWord(bytes: Uint8Array, from: number, length: number): number {
  let at = from;
  while (at < length && bytes[at] !== NEWLINE && bytes[at] !== SPACE) at++;
  return at;
}

/** A whole number that fills the bytes from `from` to `to`; null for anything else. */
function toInteger(bytes: Uint8Array, from: number, to: number): number | null {
  const first = bytes[from] === MINUS ? from + 1 : from;
  if (first >= to) return null;
  let value = 0;
  for (let at = first; at < to; at++) {
    const digit = (bytes[at] ?? 0) - 48;
    if (digit < 0 || digit > 9) return null;
    value = value * 10 + digit;
  }
  return first === from ? value : -value;
}

const encode = (text: string) => Uint8Array.from(Buffer.from(text, 'latin1'));
const decode = (bytes: Uint8Array) => Buffer.from(bytes).toString('latin1');

export type CounterFiles = {
  /**
   * The counters now: all of them, or of what costs less PassiveOpens alone, and null for the others. Each file is summed over
   * the cores and written anew at each read: /proc/net/snmp in 20 µs, /proc/net/netstat in 50.
   */
  read(which?: 'all' | 'opens'): KernelCounters;
  close(): void;
};

/** Opens the counters of this process's network namespace. Where there is no /proc/net every counter is null. */
export function openCounters(): CounterFiles {
  const tcp = openGroup('/proc/net/snmp', 'Tcp', TCP);
  const ext = openGroup('/proc/net/netstat', 'TcpExt', TCP_EXT);
  return {
    read: (which = 'all') => toCounters(tcp.read(), which === 'all' ? ext.read() : []),
    close() {
      tcp.close();
      ext.close();
    },
  };
}

/** A sample for which no counter was read. */
export const NO_COUNTERS = toCounters([], []);

/** The counters once. See `openCounters` for reading them often. */
export function readCounters(): KernelCounters {
  const files = openCounters();
  try {
    return files.read();
  } finally {
    files.close();
  }
}

function openGroup(path: string, group: string, names: readonly string[]) {
  const file = openProc(path);
  const find = createCounterFinder(group, names);
  return {
    read() {
      if (file === null) return [];
      const length = readWhole(file);
      return find(file.bytes, length);
    },
    close: () => file?.close(),
  };
}

// The kernel writes each of these files in one piece. Today they take 1.5 and 4 KiB.
const WHOLE_BYTES = 16_384;

function readWhole(file: ProcFile): number {
  const length = file.read(WHOLE_BYTES, 0);
  return length < WHOLE_BYTES ? length : length + file.read(WHOLE_BYTES, length);
}
