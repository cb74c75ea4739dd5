import type { KernelSample } from '@acceptbench/results/sample';
import { openProc, type ProcFile } from './procFile.ts';

/** Values by `Group.Name` as the kernel names them, for example `TcpExt.ListenOverflows`. */
export type CounterValues = Record<string, number>;

export type ParsedCounters = {
  values: CounterValues;
  /** Lines that are no half of a header-and-values pair, as they were. */
  unread: string[];
};

/**
 * Parses /proc/net/netstat or /proc/net/snmp: pairs of lines, `Tcp: NameA NameB` and `Tcp: 1 2`. Never throws: what
 * it cannot read is in `unread`.
 */
export function parseCounters(text: string): ParsedCounters {
  const values: CounterValues = {};
  const unread: string[] = [];
  const lines = text.split('\n').filter((line) => line.trim() !== '');
  let at = 0;
  while (at < lines.length) {
    const header = lines[at] ?? '';
    const pair = readPair(header, lines[at + 1] ?? '');
    if (pair === null) {
      unread.push(header);
      at += 1;
    } else {
      Object.assign(values, pair);
      at += 2;
    }
  }
  return { values, unread };
}

function readPair(header: string, line: string): CounterValues | null {
  const names = header.trim().split(' ');
  const numbers = line.trim().split(' ');
  const group = names[0] ?? '';
  if (!group.endsWith(':') || numbers[0] !== group || numbers.length !== names.length) return null;
  const prefix = group.slice(0, -1);
  const pair: CounterValues = {};
  for (let at = 1; at < names.length; at++) {
    const text = numbers[at] ?? '';
    if (!/^-?\d+$/.test(text)) return null;
    pair[`${prefix}.${names[at]}`] = Number(text);
  }
  return pair;
}

/** The counters of a sample, cumulative per network namespace. One that this kernel lacks is null, never 0. */
export type KernelCounters = KernelSample['counters'];

/** Picks the counters this project reads out of the values of both files. */
export function toCounters(values: CounterValues): KernelCounters {
  return mapValues(COUNTERS, ({ group, name }) => values[`${group}.${name}`] ?? null);
}

const COUNTERS = {
  passiveOpens: { group: 'Tcp', name: 'PassiveOpens' },
  listenOverflows: { group: 'TcpExt', name: 'ListenOverflows' },
  listenDrops: { group: 'TcpExt', name: 'ListenDrops' },
  synRetrans: { group: 'TcpExt', name: 'TCPSynRetrans' },
  // SYNs that found the queue of unfinished handshakes full: dropped, or answered with a cookie.
  reqQFullDrop: { group: 'TcpExt', name: 'TCPReqQFullDrop' },
  reqQFullDoCookies: { group: 'TcpExt', name: 'TCPReqQFullDoCookies' },
  // Final ACKs without data that TCP_DEFER_ACCEPT ignored.
  deferAcceptDrop: { group: 'TcpExt', name: 'TCPDeferAcceptDrop' },
} as const satisfies Record<keyof KernelCounters, { group: 'Tcp' | 'TcpExt'; name: string }>;

/** Finds one counter in the text of a file; null where the kernel lacks it or its lines are no pair. */
export function createCounterFinder(group: string, name: string): (text: string) => number | null {
  // The header never changes while the kernel runs, so its column is looked up once.
  let known = { header: '', column: -1 };
  return (text) => {
    const prefix = `${group}: `;
    const start = text.startsWith(prefix) ? 0 : text.indexOf(`\n${prefix}`) + 1;
    if (start === 0 && !text.startsWith(prefix)) return null;
    const end = text.indexOf('\n', start);
    const header = text.slice(start, end);
    if (end === -1 || !text.startsWith(prefix, end + 1)) return null;
    if (header !== known.header) known = { header, column: header.split(' ').indexOf(name) };
    if (known.column === -1) return null;
    let at = end + 1;
    for (let column = 0; column < known.column; column++) {
      at = text.indexOf(' ', at) + 1;
      if (at === 0) return null;
    }
    const value = /^-?\d+(?=\s)/.exec(text.slice(at, at + 24))?.[0];
    return value === undefined ? null : Number(value);
  };
}

export type CounterFiles = {
  /**
   * The counters now. /proc/net/netstat costs twice what all else in a sample does (50 µs: it is 4 KiB, summed over the
   * cores), so a reading without `all` has PassiveOpens alone, and null for the others.
   */
  read(options?: { all: boolean }): KernelCounters;
  close(): void;
};

/** Opens the counters of this process's network namespace. Where there is no /proc/net every counter is null. */
export function openCounters(): CounterFiles {
  const files = { Tcp: openProc('/proc/net/snmp'), TcpExt: openProc('/proc/net/netstat') };
  const find = mapValues(COUNTERS, ({ group, name }) => createCounterFinder(group, name));
  return {
    read({ all } = { all: true }) {
      const texts = {
        Tcp: files.Tcp === null ? '' : readWhole(files.Tcp),
        TcpExt: files.TcpExt === null || !all ? '' : readWhole(files.TcpExt),
      };
      return mapValues(find, (finder, key) => finder(texts[COUNTERS[key].group]));
    },
    close() {
      files.Tcp?.close();
      files.TcpExt?.close();
    },
  };
}

/** The counters once. See `openCounters` for reading them often. */
export function readCounters(): KernelCounters {
  const files = openCounters();
  try {
    return files.read();
  } finally {
    files.close();
  }
}

function mapValues<K extends string, V, W>(record: Record<K, V>, map: (value: V, key: K) => W): Record<K, W> {
  const entries = Object.entries(record) as [K, V][];
  return Object.fromEntries(entries.map(([key, value]) => [key, map(value, key)])) as Record<K, W>;
}

// The kernel writes each of these files in one piece. Today they take 1.5 and 4 KiB.
function readWhole(file: ProcFile): string {
  const bytes = 16_384;
  const text = file.readAt(bytes, 0);
  return text.length < bytes ? text : text + file.readAt(bytes, bytes);
}
