// The first program of a namespace: enters it, then starts sleepers of every kind, and tells what it sees by IPC.
import { spawn } from 'node:child_process';
import { readlinkSync } from 'node:fs';
import { networkInterfaces } from 'node:os';
import { enterNamespace } from '../src/isolation.ts';

const [sleepSeconds = '600'] = process.argv.slice(2);
await enterNamespace({ somaxconn: 77 });
const again = await enterNamespace().then(
  () => 'entered twice',
  (error: Error) => error.message,
);
process.stdin.pipe(process.stdout);
for (const detached of [false, true]) spawn('sleep', [sleepSeconds], { detached, stdio: 'ignore' });
// An orphan: its parent, a shell, ends at once.
spawn('sh', ['-c', `sleep ${sleepSeconds} & exit`], { stdio: 'ignore' }).once('exit', () => {
  process.send?.({
    pid: process.pid,
    netns: readlinkSync('/proc/self/ns/net'),
    addresses: networkInterfaces().lo?.map(({ address }) => address) ?? [],
    again,
  });
});
process.on('message', (message) => process.send?.(message));
