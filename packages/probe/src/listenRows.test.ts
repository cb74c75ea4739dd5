import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { readQueues } from './listenRows.ts';
import { parseProcNetTcp, TCP_STATE } from './procNetTcp.ts';

const hex = (value: number, digits: number) => value.toString(16).toUpperCase().padStart(digits, '0');

const anyRow = fc.record({
  words: fc.constantFrom(1, 4),
  port: fc.integer({ min: 0, max: 65_535 }),
  state: fc.constantFrom(TCP_STATE.listen, TCP_STATE.listen, TCP_STATE.listen, 1),
  queue: fc.integer({ min: 0, max: 2 ** 32 - 1 }),
  inode: fc.integer({ min: 1, max: 2 ** 32 - 1 }),
  references: fc.integer({ min: 1, max: 99_999 }),
  slot: fc.integer({ min: 0, max: 99_999 }),
});
type Row = typeof anyRow extends fc.Arbitrary<infer T> ? T : never;

function format({ words, port, state, queue, inode, references, slot }: Row): string {
  const host = '0100007F'.repeat(words);
  const line = `${String(slot).padStart(4)}: ${host}:${hex(port, 4)} ${host}:0000 ${hex(state, 2)} 00000000:${hex(queue, 8)} 00:00000000 00000000     0        0 ${inode} ${references} 00000000c6a8b0a1 100 0 0 10 0`;
  return `${line.padEnd(149)}\n`;
}

const read = (text: string, known: { line: number; inode: number }[]) => {
  const queues: number[] = [];
  return readQueues(Buffer.from(text, 'latin1'), text.length, known, queues) ? queues : null;
};

test('queues are those that the parser of whole rows reads', () => {
  fc.assert(
    fc.property(fc.uniqueArray(anyRow, { selector: ({ inode }) => inode, minLength: 1 }), (rows) => {
      const text = `  sl  local_address\n${rows.map(format).join('')}`;
      const parsed = parseProcNetTcp(text).rows;
      const listening = parsed.flatMap(({ state, inode, rxQueue }, index) =>
        state === TCP_STATE.listen ? [{ line: index + 1, inode, rxQueue }] : [],
      );
      const queues = read(text, listening);
      assert.deepEqual(
        queues,
        listening.map(({ rxQueue }) => rxQueue),
      );
      // A row that does not listen is none that is known.
      for (const [index, { state, inode }] of parsed.entries()) {
        if (state !== TCP_STATE.listen) assert.equal(read(text, [{ line: index + 1, inode }]), null);
      }
    }),
  );
});

test('a row that is another, or that is cut off before its inode is whole, is not what was known', () => {
  fc.assert(
    fc.property(anyRow, fc.nat(300), (row, cut) => {
      const text = `  sl  local_address\n${format({ ...row, state: TCP_STATE.listen })}`;
      const { inode, queue } = row;
      assert.equal(read(text, [{ line: 1, inode: inode + 1 }]), null);
      assert.equal(read(text, [{ line: 2, inode }]), null);
      const torn = text.slice(0, cut);
      const whole = torn.includes(` ${inode} `);
      assert.deepEqual(read(torn, [{ line: 1, inode }]), whole ? [queue] : null);
    }),
  );
});

test('garbage never throws, and is never a row', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary-ascii' }), fc.integer({ min: 1, max: 3 }), (text, line) => {
      assert.equal(read(text, [{ line, inode: 63_333 }]), null);
    }),
  );
});
