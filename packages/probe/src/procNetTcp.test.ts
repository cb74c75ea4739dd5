import assert from 'node:assert/strict';
import { SocketAddress } from 'node:net';
import { test } from 'node:test';
import fc from 'fast-check';
import { parseProcNetTcp, TCP_STATE, type TcpRow } from './procNetTcp.ts';

// Recorded on Linux 6.18: a LISTEN row with 7 waiting, and one of those connections, which has no inode yet.
const RECORDED = `${[
  '  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode',
  '   0: 0100007F:1F90 00000000:0000 0A 00000000:00000007 00:00000000 00000000     0        0 63333 8 0000000076887d73 100 0 0 10 0',
  '   1: 0100007F:1F90 0100007F:8466 01 00000000:00000000 00:00000000 00000000     0        0 0 1 0000000021a53241 20 0 0 10 -1',
]
  .map((line) => line.padEnd(149))
  .join('\n')}\n`;

// Recorded likewise: a dual-stack listener, and one on ::1 with 2 waiting.
const RECORDED_6 = [
  '  sl  local_address                         remote_address                        st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode\n',
  '   0: 00000000000000000000000000000000:1F91 00000000000000000000000000000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 63350 1 00000000d862f568 100 0 0 10 0\n',
  '   1: 00000000000000000000000001000000:1F90 00000000000000000000000000000000:0000 0A 00000000:00000002 00:00000000 00000000     0        0 63349 3 0000000010e68f58 100 0 0 10 0\n',
].join('');

test('reads recorded rows of /proc/net/tcp', () => {
  assert.deepEqual(parseProcNetTcp(RECORDED), {
    rows: [
      { address: '127.0.0.1:8080', port: 8080, state: TCP_STATE.listen, rxQueue: 7, inode: 63333, end: 300 },
      { address: '127.0.0.1:8080', port: 8080, state: 1, rxQueue: 0, inode: 0, end: 450 },
    ],
    unread: [],
    rest: '',
  });
});

test('reads recorded rows of /proc/net/tcp6', () => {
  const { rows, unread } = parseProcNetTcp(RECORDED_6);
  assert.deepEqual(unread, []);
  assert.deepEqual(
    rows.map(({ address, state, rxQueue, inode }) => ({ address, state, rxQueue, inode })),
    [
      { address: '[::]:8081', state: TCP_STATE.listen, rxQueue: 0, inode: 63350 },
      { address: '[::1]:8080', state: TCP_STATE.listen, rxQueue: 2, inode: 63349 },
    ],
  );
  assert.equal(rows.at(-1)?.end, RECORDED_6.length);
});

test('keeps what is no row, and a row cut off before its inode', () => {
  const { rows, unread, rest } = parseProcNetTcp(
    `${RECORDED.slice(0, 150)}nonsense\n${RECORDED.slice(150, 240)}`,
  );
  assert.deepEqual(rows, []);
  assert.deepEqual(unread, ['nonsense']);
  assert.equal(rest, RECORDED.slice(150, 240));
});

const byte = fc.integer({ min: 0, max: 255 });
const u32 = fc.integer({ min: 0, max: 2 ** 32 - 1 });
const anyRow = fc.record({
  bytes: fc.oneof(
    fc.array(byte, { minLength: 4, maxLength: 4 }),
    fc.array(fc.oneof(fc.constant(0), byte), { minLength: 16, maxLength: 16 }),
  ),
  port: fc.integer({ min: 0, max: 65_535 }),
  state: fc.integer({ min: 1, max: 12 }),
  rxQueue: u32,
  inode: u32,
  littleEndian: fc.boolean(),
});

function hex(value: number, digits: number): string {
  return value.toString(16).toUpperCase().padStart(digits, '0');
}

function formatRow(row: typeof anyRow extends fc.Arbitrary<infer T> ? T : never, slot: number): string {
  let host = '';
  for (let word = 0; word < row.bytes.length; word += 4) {
    const four = row.bytes.slice(word, word + 4);
    host += (row.littleEndian ? four.reverse() : four).map((value) => hex(value, 2)).join('');
  }
  const remote = host.replace(/./g, '0');
  const line = `${String(slot).padStart(4)}: ${host}:${hex(row.port, 4)} ${remote}:0000 ${hex(row.state, 2)} 00000000:${hex(row.rxQueue, 8)} 00:00000000 00000000 ${'0'.padStart(5)} ${'0'.padStart(8)} ${row.inode} 1 00000000c6a8b0a1 100 0 0 10 0`;
  return `${line.padEnd(149)}\n`;
}

/** The address as libuv's inet_ntop writes it. */
function expectedAddress(bytes: readonly number[], port: number): string {
  if (bytes.length === 4) return `${bytes.join('.')}:${port}`;
  const groups = Array.from({ length: 8 }, (_, group) =>
    hex((bytes[group * 2] ?? 0) * 256 + (bytes[group * 2 + 1] ?? 0), 4),
  );
  return `[${new SocketAddress({ address: groups.join(':'), family: 'ipv6' }).address}]:${port}`;
}

test('a row that is formatted reads back the same, cut off anywhere behind its inode', () => {
  fc.assert(
    fc.property(anyRow, fc.integer({ min: 0, max: 99_999 }), (row, slot) => {
      // inet_ntop alone writes the deprecated IPv4-compatible form (::1.2.3.4), which RFC 5952 does not ask for.
      fc.pre(row.bytes.length === 4 || row.bytes.slice(0, 12).some((value) => value !== 0));
      const text = formatRow(row, slot);
      const { littleEndian, bytes, ...same } = row;
      const expected: TcpRow = { ...same, address: expectedAddress(bytes, row.port), end: text.length };
      assert.deepEqual(parseProcNetTcp(text, littleEndian), { rows: [expected], unread: [], rest: '' });
      const cut = text.trimEnd().length - 8;
      assert.deepEqual(parseProcNetTcp(text.slice(0, cut), littleEndian).rows, [{ ...expected, end: cut }]);
    }),
  );
});

test('garbage never throws, and every line of it is a row, unread, or the rest', () => {
  const line = fc.oneof(
    fc.string(),
    anyRow.map((row) => formatRow(row, 0).trimEnd()),
  );
  fc.assert(
    fc.property(fc.array(line), (lines) => {
      const text = lines.join('\n');
      const { rows, unread, rest } = parseProcNetTcp(text);
      const told = text.split('\n').filter((part) => part.trim() !== '' && !part.startsWith('  sl '));
      const blankRest = rest !== '' && (rest.trim() === '' || rest.startsWith('  sl '));
      assert.equal(rows.length + unread.length + (rest === '' || blankRest ? 0 : 1), told.length);
    }),
  );
});
