import assert from 'node:assert/strict';
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync, readdirSync } from 'node:fs';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { end } from '../test/kernelTruth.ts';
import { openCpuMeter, openProcessMeter } from './cpu.ts';

const linux = { skip: process.platform !== 'linux' && 'CPU time comes from /proc, which is Linux only' };

function burn(kind: 'thread' | 'child'): ChildProcess {
  return fork(fileURLToPath(new URL('../test/cpuBurner.ts', import.meta.url)), [kind]);
}

// The kernel's clock of a running thread may be a tick behind (10 ms at most), and one reading is before the other.
function assertSame(measured: number | null, said: number) {
  assert.ok(
    measured !== null && Math.abs(measured - said) < 0.05,
    `measured ${measured} s, the process said ${said} s`,
  );
}

test('CPU of a worker thread counts, while it lives and when it has ended', linux, async (t) => {
  const child = burn('thread');
  t.after(() => end(child));
  const meter = openCpuMeter(child.pid ?? 0);
  const [said] = await once(child, 'message');
  assert.ok(said > 0.3);
  assertSame(meter.read(), said);
  child.send('end the thread');
  const [saidAfter] = await once(child, 'message');
  assertSame(meter.read(), saidAfter);
  // Not thanks to the high-water mark: a meter that never saw the thread says the same.
  assertSame(openCpuMeter(child.pid ?? 0).read(), saidAfter);
});

test('CPU of a live descendant and of one that has ended counts', linux, async (t) => {
  const child = burn('child');
  t.after(() => end(child));
  const meter = openCpuMeter(child.pid ?? 0);
  const readings: number[] = [];
  const timer = setInterval(() => readings.push(meter.read() ?? Number.NaN), 20);
  const [own] = await once(child, 'message');
  clearInterval(timer);
  const total = meter.read() ?? Number.NaN;
  assert.ok(
    total >= own + 0.28,
    `measured ${total} s, the parent alone said ${own} s and its child burnt 0.3 s`,
  );
  assert.ok(total <= own + 1, `measured ${total} s`);
  // Nor is this the high-water mark's doing: a meter that never saw the child alive says the same.
  assertSame(openCpuMeter(child.pid ?? 0).read(), total);
  // Before it ended: the child's share showed when the parent, waiting, could not have used it.
  assert.ok(readings.some((seconds) => seconds > own + 0.05));
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
