import { endianness } from 'node:os';
import type { ListenerSample } from '@acceptbench/results/sample';
import { type KnownRow, readQueues } from './listenRows.ts';
import { type ProcFile, readText } from './procFile.ts';
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
  /**
   * Appends the wanted listeners as they are now. Known ones are right at each call; one that is new may be seen `scanEvery`
   * calls late: with 0 every LISTEN row is looked at now.
   */
  read(scanEvery: number, into: ListenerSample[]): void;
  /** Wanted rows are known, and no LISTEN row follows the last: each read walks the socket table. */
  needsGuard(): boolean;
  /** The LISTEN rows behind the last wanted one, as the last scan saw them, in the kernel's order. */
  behind(): readonly TcpRow[];
  /** How many reads looked at every LISTEN row, and the first line that could not be read. */
  scans(): number;
  firstUnread(): string | null;
};

export function openListenFile(file: ProcFile, isWanted: (row: TcpRow) => boolean): ListenFile {
  const littleEndian = endianness() === 'LE';
  let rows: TcpRow[] = [];
  let wanted: TcpRow[] = [];
  let known: KnownRow[] = [];
  let ask: number | null = null;
  let sinceScan = Number.POSITIVE_INFINITY;
  let scans = 0;
  let firstUnread: string | null = null;
  const queues: number[] = [];

  const scan = () => {
    let text = '';
    for (;;) {
      const chunk = readText(file, CHUNK_BYTES, text.length);
      text += chunk;
      const parsed = parseProcNetTcp(text, littleEndian);
      rows = parsed.rows;
      firstUnread ??= parsed.unread[0] ?? null;
      if (chunk.length < CHUNK_BYTES - LONGEST_ROW_BYTES) break;
      if (rows.some((row) => row.state !== TCP_STATE.listen)) break;
    }
    rows = rows.filter((row) => row.state === TCP_STATE.listen);
    wanted = rows.filter(isWanted);
    known = rows.flatMap((row, index) => (isWanted(row) ? [{ line: index + 1, inode: row.inode }] : []));
    ask = windowBytes(rows, isWanted);
    sinceScan = 0;
    scans += 1;
    for (let index = 0; index < wanted.length; index++) queues[index] = wanted[index]?.rxQueue ?? 0;
  };

  /** Whole rows come a page at a time. */
  const readWindow = (bytes: number) => {
    let length = file.read(bytes, 0);
    while (length < bytes) {
      const more = file.read(bytes - length, length);
      if (more === 0) break;
      length += more;
    }
    return length;
  };

  /** False when a listener came or went, and the rows have moved. */
  const readKnown = () => {
    if (ask === null) return known.length === 0;
    const length = readWindow(ask);
    return readQueues(file.bytes, length, known, queues);
  };

  return {
    read(scanEvery, into) {
      sinceScan += 1;
      if (sinceScan >= scanEvery || !readKnown()) scan();
      for (let index = 0; index < wanted.length; index++) {
        const { address, inode } = wanted[index] as TcpRow;
        into.push({ address, inode, queue: queues[index] ?? 0 });
      }
    },
    needsGuard: () => known.length > 0 && ask === null,
    behind: () => rows.slice(rows.findLastIndex(isWanted) + 1),
    scans: () => scans,
    firstUnread: () => firstUnread,
  };
}
