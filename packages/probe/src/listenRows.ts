/** A listener's row in /proc/net/tcp or /proc/net/tcp6, known from a look at all of them. */
export type KnownRow = {
  /** Lines before it: 1 for the row that follows the header. */
  readonly line: number;
  readonly inode: number;
};

const NEWLINE = 10;
const SPACE = 32;
const COLON = 58;

/**
 * Reads the queues of known listeners out of the bytes of the file, without making a string: this runs 50 times a second, and
 * what a read costs beside the system call is mostly code that has gone cold since the last one.
 *
 * @param bytes the file from its start, cut off anywhere behind the last known row's inode
 * @param queues gets the number of connections waiting, in the order of `known`
 * @returns false when a row is not what was known: the table is then to be looked at anew, and `queues` means nothing
 */
export function readQueues(
  bytes: Uint8Array,
  length: number,
  known: readonly KnownRow[],
  queues: number[],
): boolean {
  let at = 0;
  let line = 0;
  for (let index = 0; index < known.length; index++) {
    const row = known[index];
    if (row === undefined) return false;
    for (; line < row.line; line++) {
      at = skipTo(NEWLINE, bytes, at, length) + 1;
      if (at === 0) return false;
    }
    // "   0: 0100007F:1F90 00000000:0000 0A 00000000:00000007 00:00000000 00000000     0        0 63333 8 …"
    const state = fieldStart(bytes, at, length, 3);
    if (bytes[state] !== 0x30 || bytes[state + 1] !== 0x41) return false;
    const queue = skipTo(COLON, bytes, state, length) + 1;
    const value = hexadecimal(bytes, queue, 8);
    const inode = decimal(bytes, fieldStart(bytes, queue, length, 5), length);
    if (value === -1 || inode !== row.inode) return false;
    queues[index] = value;
  }
  return true;
}

/** Where the byte is next, or -1. */
function skipTo(byte: number, bytes: Uint8Array, from: number, length: number): number {
  for (let at = from; at < length; at++) if (bytes[at] === byte) return at;
  return -1;
}

/** Where the `count`th field behind `from` starts: fields are set apart by any number of spaces. -1 where the bytes end before. */
function fieldStart(bytes: Uint8Array, from: number, length: number, count: number): number {
  let at = from;
  while (at < length && bytes[at] === SPACE) at++;
  for (let field = 0; field < count; field++) {
    while (at < length && bytes[at] !== SPACE) at++;
    while (at < length && bytes[at] === SPACE) at++;
  }
  return at < length ? at : -1;
}

/** A number in `digits` hexadecimal digits, as the kernel writes them (upper case); -1 for anything else. */
function hexadecimal(bytes: Uint8Array, from: number, digits: number): number {
  let value = 0;
  for (let at = from; at < from + digits; at++) {
    const byte = bytes[at] ?? 0;
    const digit = byte >= 48 && byte <= 57 ? byte - 48 : byte >= 65 && byte <= 70 ? byte - 55 : -1;
    if (digit === -1) return -1;
    value = value * 16 + digit;
  }
  return value;
}

/** A whole number with a space behind it: without one its end may be missing. -1 for anything else. */
function decimal(bytes: Uint8Array, from: number, length: number): number {
  if (from < 0) return -1;
  let value = 0;
  let at = from;
  for (; at < length; at++) {
    const digit = (bytes[at] ?? 0) - 48;
    if (digit < 0 || digit > 9) break;
    value = value * 10 + digit;
  }
  return at > from && at < length && bytes[at] === SPACE ? value : -1;
}
