import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { networkInterfaces } from 'node:os';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { end, poll } from '../test/kernelTruth.ts';
import { checkIsolation, enterNamespace, isolatedCommand, isolationShortfall } from './isolation.ts';
import { readProc } from './procFile.ts';

const isolation = await checkIsolation();
const mayMiss = process.platform !== 'linux' || process.env.ACCEPTBENCH_NO_NAMESPACE === '1';
const options = { skip: isolation.mode === 'none' && mayMiss ? isolation.reason : false };
const somaxconnHere = readProc('/proc/sys/net/core/somaxconn');

/** Processes of this machine whose command line has `mark`. */
function withMark(mark: string): number {
  return readdirSync('/proc').filter((name) => {
    return /^\d+$/.test(name) && readProc(`/proc/${name}/cmdline`)?.split('\0').includes(mark) === true;
  }).length;
}

async function startGuest(mark: string) {
  const { program, args } = isolatedCommand(process.execPath, [
    fileURLToPath(new URL('../test/namespaceGuest.ts', import.meta.url)),
    mark,
  ]);
  const outer = spawn(program, args, { stdio: ['pipe', 'pipe', 'inherit', 'ipc'] });
  const [guest] = await once(outer, 'message');
  return { outer, guest };
}

test('a namespace can be made here', options, () => {
  assert.deepEqual(isolation, { mode: 'namespace' });
});

test(
  'a guest has a network, pids and settings of its own, and stdio and IPC pass through',
  options,
  async (t) => {
    const { outer, guest } = await startGuest(`600.1${process.pid}`);
    t.after(() => end(outer));
    assert.ok(guest.addresses.includes('127.0.0.1'));
    assert.notEqual(guest.netns, readlinkSync('/proc/self/ns/net'));
    assert.match(guest.again, /interfaces up \(lo\): a fresh one has none/);
    assert.equal(readProc('/proc/sys/net/core/somaxconn'), somaxconnHere);
    if (isolationShortfall() === null) assert.equal(guest.pid, 1);
    outer.send({ question: 42 });
    assert.deepEqual((await once(outer, 'message'))[0], { question: 42 });
    outer.stdin?.write('through stdio');
    assert.equal(String((await once(outer.stdout ?? outer, 'data'))[0]), 'through stdio');
  },
);

// SIGTERM alone does nothing: unshare ignores it while it waits. What matters is that nothing outlives unshare.
for (const signals of [['SIGKILL'], ['SIGHUP'], ['SIGTERM', 'SIGKILL']] as const) {
  test(`nothing inside outlives unshare when it gets ${signals.join(', then ')}`, options, async (t) => {
    if (isolationShortfall() !== null) return t.skip(isolationShortfall() ?? '');
    // A length of sleep that no other run of this test has.
    const mark = `600.${signals.join('').length}${process.pid}`;
    const { outer } = await startGuest(mark);
    t.after(() => end(outer));
    // Three sleepers, the guest, and unshare itself.
    assert.equal(
      await poll(
        () => withMark(mark),
        (n) => n === 5,
      ),
      5,
    );
    const exited = once(outer, 'exit');
    for (const signal of signals) outer.kill(signal);
    await exited;
    assert.equal(
      await poll(
        () => withMark(mark),
        (n) => n === 0,
      ),
      0,
    );
  });
}

test('a namespace is not entered on the host, and nothing is changed', async () => {
  assert.ok(Object.keys(networkInterfaces()).length > 0);
  await assert.rejects(enterNamespace({ somaxconn: 5 }), /Start this program through isolatedCommand/);
  await assert.rejects(enterNamespace({ somaxconn: 0 }), RangeError);
  if (somaxconnHere !== null)
    assert.equal(readFileSync('/proc/sys/net/core/somaxconn', 'latin1'), somaxconnHere);
});
