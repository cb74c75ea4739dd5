import { endianness } from 'node:os';
import type { ProcFile } from './procFile.ts';
import { parseProcNetTcp, TCP_STATE, type TcpRow } from './procNetTcp.ts';

/** A seq_file read gives at most one buffer of whole rows, at first a page. */
const CHUNK_BYTES = 4096;
/** Longer than any row, so a chunk this much shorter than asked for is the last. */
const LONGEST_ROW_BYTES = 300;
/**
 * Part of a row that need not be read: some 30 bytes follow the inode. It is room for rows that grow or shrink, as an
 * IPv6 row does with its reference count, which counts waiting connections too. Beyond that room a scan follows.
 */
const SPARE_BYTES = 8;

/**
 * Bytes to ask for so that the kernel writes the last wanted row and looks no further; null where that can't be.
 *
 * After each row it writes, seq_read_iter (fs/seq_file.c) first steps to the next one and then compares what it has
 * with what was asked for. The step from the last LISTEN row leads into the table of established sockets, empty
 * buckets and all: 2 ms where few sockets exist. So a read is cheap only while another LISTEN row follows.
 */
export function windowBytes(rows: readonly TcpRow[], isWanted: (row: TcpRow) => boolean): number | null {
  const last = rows.findLastIndex(isWanted);
  const row = rows[last];
  if (row === undefined || rows[last + 1] === undefined) return null;
  return row.end - SPARE_BYTES;
}

/** The LISTEN rows of one of the two files: cheaply while nothing changes, and all anew when it does. */
export type ListenFile = {
  /** The wanted rows now. Known rows are right at each call; one that is new may be seen `scanEvery` calls late. */
  read(scanEvery: number): TcpRow[];
  /** The wanted rows now, from every LISTEN row there is. */
  scan(): TcpRow[];
  /** Wanted rows are known, and no LISTEN row follows the last: each read walks the socket table. */
  needsGuard(): boolean;
  /** All LISTEN rows of the last scan, in the kernel's order. */
  rows(): readonly TcpRow[];
  /** How many reads looked at every LISTEN row, and the first line that could not be read. */
  scans(): number;
  firstUnread(): string | null;
};

export function openListenFile(file: ProcFile, isWanted: (row: TcpRow) => boolean): ListenFile {
  const littleEndian = endianness() === 'LE';
  let rows: TcpRow[] = [];
  let known = '';
  let ask: number | null = null;
  let sinceScan = Number.POSITIVE_INFINITY;
  let scans = 0;
  let firstUnread: string | null = null;

  const parse = (text: string) => {
    const { rows: parsed, unread } = parseProcNetTcp(text, littleEndian);
    firstUnread ??= unread[0] ?? null;
    return parsed;
  };

  const scan = () => {
    let text = '';
    for (;;) {
      const chunk = file.readAt(CHUNK_BYTES, text.length);
      text += chunk;
      rows = parse(text);
      if (chunk.length < CHUNK_BYTES - LONGEST_ROW_BYTES) break;
      if (rows.some((row) => row.state !== TCP_STATE.listen)) break;
    }
    rows = rows.filter((row) => row.state === TCP_STATE.listen);
    const wanted = rows.filter(isWanted);
    known = identity(wanted);
    ask = windowBytes(rows, isWanted);
    sinceScan = 0;
    scans += 1;
    return wanted;
  };

  const readWindow = (bytes: number) => {
    let text = '';
    while (text.length < bytes) {
      const chunk = file.readAt(bytes - text.length, text.length);
      if (chunk === '') break;
      text += chunk;
    }
    return parse(text).filter((row) => row.state === TCP_STATE.listen && isWanted(row));
  };

  return {
    read(scanEvery) {
      sinceScan += 1;
      if (sinceScan >= scanEvery) return scan();
      if (known === '') return [];
      if (ask === null) return scan();
      const wanted = readWindow(ask);
      // A listener came or went, and the rows have moved.
      return identity(wanted) === known ? wanted : scan();
    },
    scan,
    needsGuard: () => known !== '' && ask === null,
    rows: () => rows,
    scans: () => scans,
    firstUnread: () => firstUnread,
  };
}

function identity(rows: readonly TcpRow[]): string {
  return rows.map((row) => row.inode).join(' ');
}
