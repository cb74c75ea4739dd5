import assert from 'node:assert/strict';
import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { type TestContext, test } from 'node:test';
import { type CpuSample, type KernelSample, Sample } from '@acceptbench/results/sample';
import { poll } from '../test/kernelTruth.ts';
import { prepareSampler, type SamplerOptions, startSampler } from './sampler.ts';

const linux = { skip: process.platform !== 'linux' && 'Linux only' };

async function listeningPort(t: TestContext): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => server.close());
  return (server.address() as AddressInfo).port;
}

async function start(t: TestContext, options: Omit<SamplerOptions, 'onSample'>) {
  const samples: (KernelSample | CpuSample)[] = [];
  const sampler = await startSampler({ ...options, onSample: (sample) => void samples.push(sample) });
  t.after(() => sampler.close());
  const kernel = () => samples.filter((sample) => sample.kind === 'kernel');
  const cpu = () => samples.filter((sample) => sample.kind === 'cpu');
  return { sampler, samples, kernel, cpu };
}

test('emits both kinds of sample until it is stopped', linux, async (t) => {
  const port = await listeningPort(t);
  let loadPid: number | undefined;
  const options = { ports: [port], serverPid: process.pid, periodMs: 5, cpuPeriodMs: 10 };
  const { sampler, samples, kernel, cpu } = await start(t, { ...options, loadPid: () => loadPid });
  assert.ok(kernel().length >= 1 && cpu().length >= 1);
  assert.equal(cpu()[0]?.load, null);
  loadPid = process.pid;
  await poll(
    () => cpu().at(-1)?.load ?? null,
    (load) => load !== null,
  );
  const report = await sampler.stop();
  const taken = samples.length;

  for (const sample of samples) assert.deepEqual(Sample.parse(sample), sample);
  for (const { listeners } of kernel())
    assert.deepEqual(
      listeners.map(({ address }) => address),
      [`127.0.0.1:${port}`],
    );
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
  // The clock of this thread, though another samples.
  assert.ok((times.at(-1) ?? 0) <= performance.timeOrigin + performance.now());
  assert.ok((times.at(-1) ?? 0) > performance.timeOrigin + performance.now() - 10_000);
  assert.equal(report.kernelSamples, kernel().length);
  assert.deepEqual(sampler.latest(), { samples: kernel().length, queue: 0 });
  assert.ok(report.ownCpuShare > 0 && report.ownCpuShare < 1);
  assert.deepEqual(report.notMeasured, []);
  assert.equal(await sampler.stop(), report);
  await new Promise((resolve) => setTimeout(resolve, 0));
  assert.equal(samples.length, taken);
});

test('a listener that comes later is sampled, and becomes cheap to sample', linux, async (t) => {
  const first = createServer().listen(0, '127.0.0.1');
  await once(first, 'listening');
  const { port } = first.address() as AddressInfo;
  await new Promise((resolve) => first.close(resolve));
  const { sampler, kernel } = await start(t, { ports: [port], periodMs: 5, cpuPeriodMs: 10 });
  assert.deepEqual(kernel()[0]?.listeners, []);
  const later = createServer().listen(port, '127.0.0.1');
  t.after(() => later.close());
  await poll(
    () => kernel().at(-1)?.listeners.length,
    (n) => n === 1,
  );
  // Once the guard stands, which the sampler asks for, nothing is left to complain of.
  const deadline = performance.now() + 60_000;
  const settled = sampler.latest().samples + 100;
  while (sampler.latest().samples < settled && performance.now() < deadline) {
    await new Promise((resolve) => setImmediate(resolve));
  }
  assert.deepEqual((await sampler.stop()).notMeasured, []);
});

test(
  'one that has rehearsed says where a server is cheapest to sample, and samples it there',
  linux,
  async (t) => {
    const prepared = await prepareSampler({ rehearse: true });
    t.after(() => prepared.close());
    assert.ok(prepared.port !== null && prepared.port > 0);
    const server = createServer().listen(prepared.port, '127.0.0.1');
    await once(server, 'listening');
    t.after(() => server.close());
    const samples: (KernelSample | CpuSample)[] = [];
    const sampler = await prepared.start({
      ports: [prepared.port],
      serverPid: process.pid,
      onSample: (sample) => void samples.push(sample),
    });
    const { kernelSamples, notMeasured } = await sampler.stop();
    assert.deepEqual(notMeasured, []);
    // None of the rehearsal's is among them.
    assert.equal(samples.filter(({ kind }) => kind === 'kernel').length, kernelSamples);
    assert.equal(sampler.latest().samples, kernelSamples);
    for (const sample of samples) {
      if (sample.kind !== 'kernel') continue;
      assert.deepEqual(
        sample.listeners.map(({ address }) => address),
        [`127.0.0.1:${prepared.port}`],
      );
    }
  },
);

test('a process that has gone is null in the samples, and the queues go on', linux, async (t) => {
  const port = await listeningPort(t);
  const gone = 2 ** 22;
  const options = { ports: [port], serverPid: gone, loadPid: () => gone, periodMs: 5, cpuPeriodMs: 10 };
  const { sampler, kernel, cpu } = await start(t, options);
  await poll(
    () => cpu().length,
    (n) => n >= 3,
  );
  await sampler.stop();
  assert.ok(cpu().every(({ server, load, host }) => server === null && load === null && host !== null));
  assert.ok(kernel().every(({ listeners }) => listeners.length === 1));
});

test('what can’t be sampled is refused before anything is', async () => {
  const options = { ports: [1], serverPid: 1, onSample: () => undefined };
  await assert.rejects(startSampler({ ...options, periodMs: 0 }), /Cannot sample every 0 ms: periodMs/);
});

test('what the thread throws is told to whoever starts it', linux, async () => {
  await assert.rejects(
    startSampler({ ports: [70_000], onSample: () => undefined }),
    (error: Error) => error.name === 'RangeError' && /Cannot watch port 70000/.test(error.message),
  );
});

test('a sampler that is closed half-way rejects, and what waits for it hears of it', linux, async (t) => {
  const { sampler } = await start(t, { ports: [await listeningPort(t)] });
  sampler.close();
  await assert.rejects(sampler.failed, /the sampler ended before it was stopped/);
  await assert.rejects(sampler.stop(), /the sampler ended before it was stopped/);
});
