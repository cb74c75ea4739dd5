import assert from 'node:assert/strict';
import { test } from 'node:test';
import { listenersAt, parseListenSockets } from './listenLimits.ts';

const printed = `LISTEN 0      511          127.0.0.1:8080       0.0.0.0:*    
LISTEN 3      128       127.0.0.1%lo:9464       0.0.0.0:*    ino:8141 sk:1 cgroup:/ <->
LISTEN 0      4096             [::1]:8080          [::]:*    
LISTEN 0      512                  *:3000             *:*    
`;

test('reads addresses, ports and limits', () => {
  const { sockets, unread } = parseListenSockets(printed);
  assert.deepEqual(unread, []);
  assert.deepEqual(
    sockets.map(({ address, port, limit }) => [address, port, limit]),
    [
      ['127.0.0.1:8080', 8080, 511],
      ['127.0.0.1:9464', 9464, 128],
      ['[::1]:8080', 8080, 4096],
      ['[::]:3000', 3000, 512],
    ],
  );
});

test('what it cannot read is kept, and nothing is thrown', () => {
  assert.deepEqual(parseListenSockets('Netid State\n\nESTAB 0 0 1.2.3.4:5 6.7.8.9:1\n').unread, [
    'Netid State',
    'ESTAB 0 0 1.2.3.4:5 6.7.8.9:1',
  ]);
});

test('listeners of the same port at another address are not among them', () => {
  const limits = (host: string) => listenersAt(host, 8080, printed).map(({ limit }) => limit);
  assert.deepEqual(limits('127.0.0.1'), [511]);
  assert.deepEqual(limits('::1'), [4096]);
  // ss shortens it; which of the two it is cannot be told.
  assert.deepEqual(limits('0:0:0:0:0:0:0:1'), [511, 4096]);
  assert.deepEqual(listenersAt('::', 3000, printed).length, 1);
});
