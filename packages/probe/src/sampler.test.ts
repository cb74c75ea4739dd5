import assert from 'node:assert/strict';
import { createServer } from 'node:net';
import { test } from 'node:test';
import { type CpuSample, type KernelSample, Sample } from '@acceptbench/results/sample';
import { poll } from '../test/kernelTruth.ts';
import { startSampler } from './sampler.ts';

const linux = { skip: process.platform !== 'linux' && 'Linux only' };

async function listeningPort(t: { after: (done: () => void) => void }): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.after(() => server.close());
  return Number(Object(server.address()).port);
}

test('emits both kinds of sample until it is stopped', linux, async (t) => {
  const port = await listeningPort(t);
  const samples: (KernelSample | CpuSample)[] = [];
  let loadPid: number | undefined;
  const sampler = startSampler({
    ports: [port],
    serverPid: process.pid,
    loadPid: () => loadPid,
    periodMs: 5,
    cpuPeriodMs: 10,
    onSample: (sample) => samples.push(sample),
  });
  t.after(() => sampler.stop());
  const cpu = () => samples.filter((sample) => sample.kind === 'cpu');
  const kernel = () => samples.filter((sample) => sample.kind === 'kernel');
  await poll(
    () => cpu().length,
    (n) => n >= 3,
  );
  loadPid = process.pid;
  await poll(
    () => cpu().at(-1)?.load ?? null,
    (load) => load !== null,
  );
  const report = sampler.stop();
  const taken = samples.length;

  for (const sample of samples) assert.deepEqual(Sample.parse(sample), sample);
  for (const { listeners } of kernel())
    assert.deepEqual(
      listeners.map(({ address }) => address),
      [`127.0.0.1:${port}`],
    );
  assert.equal(cpu()[0]?.load, null);
  const last = cpu().at(-1);
  assert.ok((last?.load?.cpuSeconds ?? 0) > 0 && (last?.server?.cpuSeconds ?? 0) > 0);
  assert.ok(Math.abs((last?.wallMs ?? 0) - Date.now()) < 10_000);
  assert.equal(kernel()[0]?.counters.listenOverflows === null, false);
  assert.equal(kernel().at(-1)?.counters.listenOverflows === null, false);
  assert.ok(kernel().every(({ counters }) => counters.passiveOpens !== null));
  assert.ok(kernel().some(({ counters }) => counters.listenOverflows === null));
  const times = samples.map(({ atMs }) => atMs);
  assert.deepEqual(
    times,
    times.toSorted((a, b) => a - b),
  );
  assert.ok(Math.abs((times.at(-1) ?? 0) - Date.now()) < 10_000);
  assert.equal(report.kernelSamples, kernel().length);
  assert.equal(report.cpuSamples, cpu().length);
  assert.deepEqual(report.notMeasured, []);
  assert.equal(sampler.stop(), report);
  await new Promise((resolve) => setTimeout(resolve, 0));
  assert.equal(samples.length, taken);
});

test('counts the samples that a busy process missed', linux, async (t) => {
  const port = await listeningPort(t);
  // The clock of a process that stands still for 105 ms while it hands over its second sample.
  let ms = 0;
  let kernelSamples = 0;
  const sampler = startSampler({
    ports: [port],
    serverPid: process.pid,
    periodMs: 20,
    cpuPeriodMs: 60_000,
    now: () => ms,
    onSample: ({ kind }) => {
      if (kind !== 'kernel') return;
      kernelSamples += 1;
      if (kernelSamples === 1) ms = 20;
      else if (kernelSamples === 2) ms = 125;
      else if (kernelSamples === 3) ms = 141;
    },
  });
  t.after(() => sampler.stop());
  await poll(
    () => kernelSamples,
    (n) => n >= 3,
  );
  const { missed, late } = sampler.stop();
  // Tick 0, tick 1 at 20 ms; then 40, 60, 80, 100 and 120 ms pass; tick 7 is next.
  assert.equal(missed, 5);
  assert.equal(late, 0);
});

test('a period that is none is refused', () => {
  const options = { ports: [1], serverPid: 1, onSample: () => undefined };
  assert.throws(() => startSampler({ ...options, periodMs: 0 }), /Cannot sample every 0 ms: periodMs/);
  assert.throws(() => startSampler({ ...options, ports: [70_000] }), RangeError);
});
