/** The socket states this package reads, as /proc/net/tcp numbers them (include/net/tcp_states.h). */
export const TCP_STATE = { synRecv: 0x03, listen: 0x0a } as const;

/** One row of /proc/net/tcp or /proc/net/tcp6. */
export type TcpRow = {
  /** Local end: `127.0.0.1:8080` or `[::1]:8080`. */
  address: string;
  port: number;
  /** A number of `TCP_STATE`, or another of the kernel's. */
  state: number;
  /** On a LISTEN row the accept queue: connections waiting now (sk_ack_backlog). Otherwise bytes not yet read. */
  rxQueue: number;
  inode: number;
  /** Where the row ends in the text, in bytes, its newline included. */
  end: number;
};

export type ParsedTcp = {
  rows: TcpRow[];
  /** Lines that are no row, as they were. */
  unread: string[];
  /** A last line that was cut off before its inode; empty when there is none. */
  rest: string;
};

// Fields as tcp_seq_show and tcp6_seq_show print them (net/ipv4/tcp_ipv4.c, net/ipv6/tcp_ipv6.c).
const ROW =
  /^ *\d+: ([0-9A-F]{8}|[0-9A-F]{32}):([0-9A-F]{4}) [0-9A-F]+:[0-9A-F]{4} ([0-9A-F]{2}) [0-9A-F]{8}:([0-9A-F]{8}) [0-9A-F]{2}:[0-9A-F]{8,} [0-9A-F]{8} +\d+ +-?\d+ (\d+)( |$)/;

/**
 * Parses /proc/net/tcp or /proc/net/tcp6, whole or cut off at any byte. A last row without a newline counts once
 * its inode is whole. Never throws: what it cannot read is in `unread`.
 *
 * @param littleEndian byte order of the machine that wrote the text; addresses are printed as host-order words
 */
export function parseProcNetTcp(text: string, littleEndian = true): ParsedTcp {
  const rows: TcpRow[] = [];
  const unread: string[] = [];
  let rest = '';
  let start = 0;
  while (start < text.length) {
    const newline = text.indexOf('\n', start);
    const whole = newline !== -1;
    const line = text.slice(start, whole ? newline : undefined);
    start = whole ? newline + 1 : text.length;
    const match = ROW.exec(line);
    const [, host = '', port = '', state = '', rxQueue = '', inode = '', after = ''] = match ?? [];
    if (match !== null && (whole || after === ' ')) {
      rows.push({
        address: `${formatHost(host, littleEndian)}:${Number.parseInt(port, 16)}`,
        port: Number.parseInt(port, 16),
        state: Number.parseInt(state, 16),
        rxQueue: Number.parseInt(rxQueue, 16),
        inode: Number(inode),
        end: start,
      });
    } else if (!whole) {
      rest = line;
    } else if (line.trim() !== '' && !line.startsWith('  sl ')) {
      unread.push(line);
    }
  }
  return { rows, unread, rest };
}

function formatHost(hex: string, littleEndian: boolean): string {
  const bytes: number[] = [];
  for (let word = 0; word < hex.length; word += 8) {
    const four = [0, 2, 4, 6].map((at) => Number.parseInt(hex.slice(word + at, word + at + 2), 16));
    bytes.push(...(littleEndian ? four.reverse() : four));
  }
  return bytes.length === 4 ? bytes.join('.') : `[${formatIpv6(bytes)}]`;
}

/** Text of an IPv6 address of 16 bytes: lower case, the first longest run of zeros as `::` (RFC 5952, section 4). */
function formatIpv6(bytes: readonly number[]): string {
  const mapped = bytes.slice(0, 10).every((byte) => byte === 0) && bytes[10] === 255 && bytes[11] === 255;
  if (mapped) return `::ffff:${bytes.slice(12).join('.')}`;
  const groups = Array.from({ length: 8 }, (_, group) =>
    (((bytes[group * 2] ?? 0) << 8) | (bytes[group * 2 + 1] ?? 0)).toString(16),
  );
  let best = { at: 0, length: 1 };
  for (let at = 0; at < 8; at++) {
    let length = 0;
    while (groups[at + length] === '0') length++;
    if (length > best.length) best = { at, length };
  }
  if (best.length < 2) return groups.join(':');
  return `${groups.slice(0, best.at).join(':')}::${groups.slice(best.at + best.length).join(':')}`;
}
