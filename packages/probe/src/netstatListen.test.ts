import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { parseNetstatListen } from './netstatListen.ts';

// Put together from public sources; nobody has run it on a Mac for this. Columns as Apple's netstat prints them (network_cmds,
// netstat.tproj/inet.c: "%-14.14s %-22.22s"), rows as in its manual and in NGINX's "Optimizing the Backlog Queue" (192 waiting),
// and the notice of a table that changed while it was read.
const MACOS = `Current listen queue sizes (qlen/incqlen/maxqlen)
Listen         Local Address         
0/0/1          127.0.0.1.9335         
192/0/511      127.0.0.1.8080         
3/1/128        *.22                   
0/0/128        ::1.8080
1/0/128        fe80::1%en0.8083
Some tcp sockets may have been created or deleted.
`;

test('reads what macOS prints', () => {
  const { listeners, unread } = parseNetstatListen(MACOS);
  assert.deepEqual(unread, []);
  assert.deepEqual(listeners, [
    { address: '127.0.0.1:9335', port: 9335, queue: 0, incomplete: 0, limit: 1 },
    { address: '127.0.0.1:8080', port: 8080, queue: 192, incomplete: 0, limit: 511 },
    { address: '*:22', port: 22, queue: 3, incomplete: 1, limit: 128 },
    { address: '[::1]:8080', port: 8080, queue: 0, incomplete: 0, limit: 128 },
    { address: '[fe80::1]:8083', port: 8083, queue: 1, incomplete: 0, limit: 128 },
  ]);
});

test('reads what FreeBSD prints, with the protocol before', () => {
  // The form of "Tuning FreeBSD for the highload" (NGINX) and of github.com/transmission/transmission/issues/1388.
  const text =
    'Current listen queue sizes (qlen/incqlen/maxqlen)\nProto Listen         Local Address\ntcp4  10/0/128       *.80\ntcp46 0/0/128        *.443\nunix  0/0/30         /var/run/devd.pipe\n';
  const { listeners, unread } = parseNetstatListen(text);
  assert.deepEqual(unread, []);
  assert.deepEqual(
    listeners.map(({ address, queue, limit }) => [address, queue, limit]),
    [
      ['*:80', 10, 128],
      ['*:443', 0, 128],
    ],
  );
});

test('a line that is no listener is kept, and the others are read', () => {
  const { listeners, unread } = parseNetstatListen(
    `netstat: illegal option -- L\n${MACOS}0/0/128 *.http\n0/0/9 *.70000\n`,
  );
  assert.deepEqual(unread, ['netstat: illegal option -- L', '0/0/128 *.http', '0/0/9 *.70000']);
  assert.equal(listeners.length, 5);
});

test('what is formatted reads back the same, and garbage never throws', () => {
  const count = fc.nat(100_000);
  const listener = fc.record({
    host: fc.constantFrom('127.0.0.1', '*', '::1'),
    port: fc.nat(65_535),
    queue: count,
    incomplete: count,
    limit: count,
  });
  fc.assert(
    fc.property(listener, ({ host, port, queue, incomplete, limit }) => {
      const { listeners } = parseNetstatListen(
        `${`${queue}/${incomplete}/${limit}`.padEnd(14)} ${host}.${port}`,
      );
      const address = `${host === '::1' ? '[::1]' : host}:${port}`;
      assert.deepEqual(listeners, [{ address, port, queue, incomplete, limit }]);
    }),
  );
  fc.assert(fc.property(fc.string(), (text) => Array.isArray(parseNetstatListen(text).listeners)));
});
