import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseListenLimits, readListenLimits } from './listenLimit.ts';

// Recorded from ss of iproute2 6.1.
const RECORDED = `LISTEN 7      511    127.0.0.1:8080 0.0.0.0:* ino:63333 sk:1001 cgroup:/ <->         
LISTEN 0      511            *:8081       *:* ino:63350 sk:1002 cgroup:/ v6only:0 <->
LISTEN 2      511        [::1]:8080    [::]:* ino:63349 sk:1003 cgroup:/ v6only:1 <->
`;

test('reads recorded output of ss', () => {
  assert.deepEqual(parseListenLimits(RECORDED), {
    limits: [
      { address: '127.0.0.1:8080', port: 8080, inode: 63333, limit: 511 },
      { address: '[::]:8081', port: 8081, inode: 63350, limit: 511 },
      { address: '[::1]:8080', port: 8080, inode: 63349, limit: 511 },
    ],
    unread: [],
  });
});

test('leaves out the interface of an address, and an inode that ss does not print is null', () => {
  assert.deepEqual(parseListenLimits('LISTEN 0 4096 127.0.0.53%lo:53 0.0.0.0:* uid:101 sk:3 <->').limits, [
    { address: '127.0.0.53:53', port: 53, inode: null, limit: 4096 },
  ]);
});

test('gives the listeners on the ports asked for', async () => {
  const { limits } = await readListenLimits([8080], async () => RECORDED);
  assert.deepEqual(
    limits?.map(({ inode }) => inode),
    [63333, 63349],
  );
});

test('a line that is no listener makes the limits unknown, with the line as reason', async () => {
  const read = await readListenLimits([8080], async () => `${RECORDED}Netlink error\n`);
  assert.deepEqual(read, {
    state: 'not-measured',
    limits: null,
    reason: 'ss printed 1 lines that are no listener, the first: "Netlink error"',
  });
});

test('an ss that is absent or fails makes the limits unknown, with the reason', async () => {
  const absent = await readListenLimits([8080], async () => {
    throw Object.assign(new Error('spawn ss ENOENT'), { code: 'ENOENT' });
  });
  assert.match(absent.state === 'not-measured' ? absent.reason : '', /^no ss on .*install iproute2$/);
  const failing = await readListenLimits([8080], async () => {
    throw new Error('Command failed: ss\nno netlink');
  });
  assert.match(failing.state === 'not-measured' ? failing.reason : '', /no netlink$/);
});

test('on macOS they come from netstat, which shows no inodes', async () => {
  const text =
    'Current listen queue sizes (qlen/incqlen/maxqlen)\nListen Local Address\n7/0/511 127.0.0.1.8080\n0/0/128 *.22\n';
  assert.deepEqual(await readListenLimits([8080], async () => text, 'darwin'), {
    state: 'measured',
    limits: [{ address: '127.0.0.1:8080', port: 8080, inode: null, limit: 511 }],
    tool: 'netstat',
  });
});
