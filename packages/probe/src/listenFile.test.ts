import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ListenerSample } from '@acceptbench/results/sample';
import { openListenFile, windowBytes } from './listenFile.ts';
import type { ProcFile } from './procFile.ts';
import { parseProcNetTcp } from './procNetTcp.ts';

type Fake = { port: number; inode: number; queue: number };

/** The text of /proc/net/tcp for these listeners. */
function format(listeners: readonly Fake[]): string {
  const hex = (value: number, digits: number) => value.toString(16).toUpperCase().padStart(digits, '0');
  const lines = listeners.map(
    ({ port, inode, queue }, slot) =>
      `${String(slot).padStart(4)}: 0100007F:${hex(port, 4)} 00000000:0000 0A 00000000:${hex(queue, 8)} 00:00000000 00000000     0        0 ${inode} 1 0000000076887d73 100 0 0 10 0`,
  );
  return ['  sl  local_address', ...lines].map((line) => `${line.padEnd(149)}\n`).join('');
}

/** A file whose listeners a test changes, and the bytes that were asked for. */
function fakeFile(listeners: Fake[]) {
  const asked: number[] = [];
  const content = Buffer.alloc(65_536);
  const file: ProcFile = {
    bytes: content,
    read(bytes, offset) {
      asked.push(bytes);
      // The kernel gives whole rows, a page of them at most.
      const text = format(listeners)
        .slice(offset, offset + bytes)
        .slice(0, 4050);
      return content.write(text, offset, 'latin1');
    },
    close() {},
  };
  const listen = openListenFile(file, ({ port }) => port === 80);
  const read = (scanEvery: number) => {
    const into: ListenerSample[] = [];
    listen.read(scanEvery, into);
    return into.map(({ inode, queue }) => [inode, queue]);
  };
  return { asked, listen, read };
}

const guard: Fake = { port: 9, inode: 99, queue: 0 };

test('a window ends within the last wanted row, and there is none without a row behind it', () => {
  const { rows } = parseProcNetTcp(format([{ port: 80, inode: 1, queue: 0 }, guard]));
  const bytes = windowBytes(rows, ({ port }) => port === 80);
  assert.ok(bytes !== null && bytes > 150 && bytes < 300);
  assert.equal(
    windowBytes(rows, ({ port }) => port === 9),
    null,
  );
  assert.equal(
    windowBytes(rows, () => false),
    null,
  );
});

test('what is known is read again by its window alone', () => {
  const one = { port: 80, inode: 1, queue: 0 };
  const { asked, read } = fakeFile([one, guard]);
  assert.deepEqual(read(50), [[1, 0]]);
  asked.length = 0;
  one.queue = 3;
  assert.deepEqual(read(50), [[1, 3]]);
  assert.equal(asked.length, 1);
  assert.ok((asked[0] ?? 0) < 300);
});

test('a listener that joins, leaves or is replaced within the window is noticed at once', () => {
  const listeners = [{ port: 80, inode: 1, queue: 0 }, guard];
  const { read } = fakeFile(listeners);
  read(50);
  listeners.unshift({ port: 80, inode: 2, queue: 5 });
  assert.deepEqual(read(50), [
    [2, 5],
    [1, 0],
  ]);
  listeners.shift();
  assert.deepEqual(read(50), [[1, 0]]);
  listeners.splice(0, 1, { port: 80, inode: 3, queue: 1 });
  assert.deepEqual(read(50), [[3, 1]]);
  listeners.shift();
  assert.deepEqual(read(50), []);
});

test('a listener behind the window is seen by the scan, which comes after as many reads as asked', () => {
  const listeners = [{ port: 80, inode: 1, queue: 0 }, guard];
  const { listen, read } = fakeFile(listeners);
  read(3);
  listeners.push({ port: 80, inode: 2, queue: 4 });
  const seen = [1, 2, 3].map(() => read(3).length);
  assert.deepEqual(seen, [1, 1, 2]);
  assert.equal(listen.needsGuard(), true);
});

test('the rows behind the last wanted one are told, for a guard among them', () => {
  const { listen, read } = fakeFile([guard, { port: 80, inode: 1, queue: 0 }, { ...guard, inode: 98 }]);
  read(0);
  assert.deepEqual(
    listen.behind().map(({ inode }) => inode),
    [98],
  );
});

test('a window of more than a page is read in pieces', () => {
  const many = Array.from({ length: 60 }, (_, index) => ({ port: 80, inode: index + 1, queue: index * 7 }));
  const { asked, read } = fakeFile([...many, guard]);
  read(50);
  asked.length = 0;
  for (const one of many) one.queue += 1;
  assert.deepEqual(
    read(50),
    many.map(({ inode, queue }) => [inode, queue]),
  );
  assert.equal(asked.length, 3);
});
