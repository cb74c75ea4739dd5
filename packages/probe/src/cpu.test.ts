import assert from 'node:assert/strict';
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync, readdirSync } from 'node:fs';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { end, poll } from '../test/kernelTruth.ts';
import { openCpuMeter, openProcessMeter } from './cpu.ts';

const linux = { skip: process.platform !== 'linux' && 'CPU time comes from /proc, which is Linux only' };

function burn(kind: 'thread' | 'child'): ChildProcess {
  return fork(fileURLToPath(new URL('../test/cpuBurner.ts', import.meta.url)), [kind]);
}

/** What the process says of itself, when it was asked or told. */
async function said(child: ChildProcess, what: 'say' | 'end'): Promise<number> {
  const answer = once(child, 'message');
  child.send(what);
  return Number((await answer)[0]);
}

/** A reading lies between what the process says before it and after it. The kernel's clock of a thread may be a tick or two behind. */
async function assertBetween(child: ChildProcess, before: number, read: () => number | null): Promise<void> {
  const measured = read();
  const after = await said(child, 'say');
  assert.ok(
    measured !== null && measured > before - 0.05 && measured < after + 0.05,
    `measured ${measured} s, the process said ${before} s before and ${after} s after`,
  );
}

test('CPU of a worker thread counts, while it lives and when it has ended', linux, async (t) => {
  const child = burn('thread');
  t.after(() => end(child));
  const meter = openCpuMeter(child.pid ?? 0);
  const [burnt] = await once(child, 'message');
  assert.ok(burnt > 0.3);
  await assertBetween(child, burnt, meter.read);
  const ended = await said(child, 'end');
  await assertBetween(child, ended, meter.read);
  // Not thanks to the high-water mark: a meter that never saw the thread says the same.
  await assertBetween(child, ended, () => openCpuMeter(child.pid ?? 0).read());
});

test('CPU of a live descendant and of one that has ended counts', linux, async (t) => {
  const child = burn('child');
  t.after(() => end(child));
  const meter = openCpuMeter(child.pid ?? 0);
  const readings: number[] = [];
  const read = () => {
    readings.push(meter.read() ?? Number.NaN);
    return readings.at(-1) ?? Number.NaN;
  };
  await once(child, 'message');
  // While it lives, and its parent waits and can't have used so much.
  await poll(
    async () => read() - (await said(child, 'say')),
    (of) => of > 0.28,
  );
  assert.ok(read() - (await said(child, 'say')) > 0.28, readings.join());
  const own = await said(child, 'end');
  const total = read();
  assert.ok(
    total >= own + 0.28,
    `measured ${total} s, the parent alone said ${own} s and its child burnt 0.3 s`,
  );
  // Nor is this the high-water mark's doing: a meter that never saw the child alive says the same.
  const fresh = openCpuMeter(child.pid ?? 0).read() ?? Number.NaN;
  const later = await said(child, 'say');
  assert.ok(fresh > total - 0.05 && fresh < total + later - own + 0.05, `${fresh} s and ${total} s`);
  assert.deepEqual(
    readings,
    readings.toSorted((a, b) => a - b),
  );
});

test('a process that has gone is null', linux, async () => {
  const child = burn('child');
  const meter = openCpuMeter(child.pid ?? 0);
  assert.notEqual(meter.read(), null);
  await end(child);
  assert.equal(meter.read(), null);
  assert.equal(openCpuMeter(child.pid ?? 0).read(), null);
});

test('memory and descriptors are those of the process, and each thread has its times', linux, () => {
  const meter = openProcessMeter(process.pid);
  const before = meter.read();
  const opened = Array.from({ length: 7 }, () => openSync('/dev/null', 'r'));
  const after = meter.read();
  for (const fd of opened) closeSync(fd);
  assert.ok(before !== null && after !== null);
  assert.equal((after.descriptors ?? 0) - (before.descriptors ?? 0), 7);
  // The kernel counts pages in batches for each core, so its figure is a little behind Node's.
  const rss = process.memoryUsage.rss();
  assert.ok(Math.abs((after.rssBytes ?? 0) - rss) < 0.2 * rss, `${after.rssBytes} and ${rss} bytes`);
  assert.deepEqual(Object.keys(after.threads).sort(), readdirSync('/proc/self/task').sort());
  const [cpuSeconds = 0] = after.threads[String(process.pid)] ?? [];
  assert.ok(cpuSeconds > 0 && cpuSeconds <= after.cpuSeconds);
});
