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

export type WideCounters = KernelCounters & {
  /** SYNs dropped as the queue of unfinished handshakes was full (TCPReqQFullDrop). */
  reqQFullDrop: number | null;
  /** Final ACKs without data that TCP_DEFER_ACCEPT ignored (TCPDeferAcceptDrop). */
  deferAcceptDrop: number | null;
};

/** Picks the counters this project reads out of the values of both files. */
export function toCounters(values: CounterValues): WideCounters {
  return {
    passiveOpens: values['Tcp.PassiveOpens'] ?? null,
    listenOverflows: values['TcpExt.ListenOverflows'] ?? null,
    listenDrops: values['TcpExt.ListenDrops'] ?? null,
    synRetrans: values['TcpExt.TCPSynRetrans'] ?? null,
    reqQFullDrop: values['TcpExt.TCPReqQFullDrop'] ?? null,
    deferAcceptDrop: values['TcpExt.TCPDeferAcceptDrop'] ?? null,
  };
}

const SAMPLED = {
  passiveOpens: { group: 'Tcp', name: 'PassiveOpens' },
  listenOverflows: { group: 'TcpExt', name: 'ListenOverflows' },
  listenDrops: { group: 'TcpExt', name: 'ListenDrops' },
  synRetrans: { group: 'TcpExt', name: 'TCPSynRetrans' },
} as const;

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
  /** The counters now. */
  read(): KernelCounters;
  /** The same and those of `WideCounters`. */
  readWide(): WideCounters;
  close(): void;
};

/** Opens the counters of this process's network namespace. Where there is no /proc/net every counter is null. */
export function openCounters(): CounterFiles {
  const files = [openProc('/proc/net/snmp'), openProc('/proc/net/netstat')].filter((file) => file !== null);
  const readText = () => files.map(readWhole).join('');
  const find = mapValues(SAMPLED, ({ group, name }) => createCounterFinder(group, name));
  return {
    // Parsing every counter at each sample would cost more than all else in it.
    read() {
      const text = readText();
      return mapValues(find, (finder) => finder(text));
    },
    readWide: () => toCounters(parseCounters(readText()).values),
    close() {
      for (const file of files) file.close();
    },
  };
}

/** The counters once. See `openCounters` for reading them often. */
export function readCounters(): WideCounters {
  const files = openCounters();
  try {
    return files.readWide();
  } finally {
    files.close();
  }
}

function mapValues<K extends string, V, W>(record: Record<K, V>, map: (value: V) => W): Record<K, W> {
  const entries = Object.entries(record) as [K, V][];
  return Object.fromEntries(entries.map(([key, value]) => [key, map(value)])) as Record<K, W>;
}

// The kernel writes each of these files in one piece. Today they take 1.5 and 4 KiB.
function readWhole(file: ProcFile): string {
  const bytes = 16_384;
  const text = file.readAt(bytes, 0);
  return text.length < bytes ? text : text + file.readAt(bytes, bytes);
}
