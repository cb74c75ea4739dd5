import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type ProbeMetric, probeMetrics } from '@acceptbench/metrics/probeCatalogue';
import type { CpuSample, KernelSample, ServerSample } from '@acceptbench/results/sample';
import fc from 'fast-check';
import { Tally } from './exporterTally.ts';

const counters = {
  passiveOpens: null,
  listenOverflows: null,
  listenDrops: null,
  synRetrans: null,
  reqQFullDrop: null,
  reqQFullDoCookies: null,
  deferAcceptDrop: null,
};

function kernel(
  atMs: number,
  queues: Record<number, number>,
  some: Partial<KernelSample['counters']> = {},
): KernelSample {
  const listeners = Object.entries(queues).map(([inode, queue]) => ({
    address: '127.0.0.1:80',
    inode: Number(inode),
    queue,
  }));
  return { kind: 'kernel', atMs, listeners, counters: { ...counters, ...some } };
}

function server(atMs: number, values: Record<string, number>): ServerSample {
  return { kind: 'server', atMs, values };
}

function cpu(atMs: number, cpuSeconds: number, runQueueSeconds: number): CpuSample {
  const use = { cpuSeconds, runQueueSeconds, rssBytes: 1, descriptors: 2, threads: {} };
  return {
    kind: 'cpu',
    atMs,
    wallMs: atMs,
    server: use,
    load: null,
    host: { stealSeconds: null, pressureSeconds: 3 },
    halfOpen: null,
  };
}

function figureOf(
  tally: Tally,
  metric: ProbeMetric,
  labels: Record<string, string> = {},
): number | undefined {
  const family = tally.families().find(({ name }) => name === probeMetrics[metric].name);
  return family?.series.find((series) =>
    Object.entries(labels).every(([name, value]) => series.labels[name] === value),
  )?.value;
}

const one = () => new Tally({ requestsPerConnection: 'one' });

test('the counter of connection-seconds is the integral of a queue that is linear between samples', () => {
  const steps = fc.array(
    fc.record({ ms: fc.integer({ min: 1, max: 500 }), queue: fc.integer({ min: 0, max: 600 }) }),
    {
      minLength: 1,
      maxLength: 50,
    },
  );
  fc.assert(
    fc.property(steps, (points) => {
      const tally = one();
      let atMs = 0;
      let expected = 0;
      let before = 0;
      tally.add(kernel(0, { 7: 0 }));
      for (const { ms, queue } of points) {
        atMs += ms;
        expected += ((before + queue) / 2) * (ms / 1000);
        before = queue;
        tally.add(kernel(atMs, { 7: queue }));
      }
      const got = figureOf(tally, 'acceptQueueConnectionSeconds', { inode: '7' }) ?? -1;
      assert.ok(Math.abs(got - expected) < 1e-9 * Math.max(1, expected));
      assert.equal(figureOf(tally, 'acceptQueueLength'), before);
      const stage = figureOf(tally, 'stageConnectionSeconds', { stage: 'accept-queue' });
      assert.equal(stage, got, 'one listener is all there is');
    }),
  );
});

test('a counter never falls, whatever comes and goes', () => {
  const sample = fc.record({
    queues: fc.dictionary(fc.constantFrom('1', '2', '3'), fc.integer({ min: 0, max: 9 })),
    passiveOpens: fc.integer({ min: 0, max: 3 }),
    cpuSeconds: fc.integer({ min: 0, max: 2 }),
    runQueue: fc.double({ min: 0, max: 5, noNaN: true }),
  });
  fc.assert(
    fc.property(fc.array(sample, { maxLength: 30 }), (samples) => {
      const tally = one();
      tally.setLimits([{ address: '127.0.0.1:80', inode: null, limit: 5 }]);
      let passiveOpens = 0;
      let cpuSeconds = 0;
      let before = new Map<string, number>();
      samples.forEach((each, index) => {
        passiveOpens += each.passiveOpens;
        cpuSeconds += each.cpuSeconds;
        tally.add(kernel(index * 20, each.queues, { passiveOpens }));
        tally.add(cpu(index * 20, cpuSeconds, each.runQueue));
        const now = new Map<string, number>();
        for (const { name, type, series } of tally.families()) {
          if (type !== 'counter') continue;
          for (const { labels, value } of series) now.set(`${name}${JSON.stringify(labels)}`, value);
        }
        for (const [name, value] of now) {
          // A listener that went and came again is another one to Prometheus too: its series had ended.
          assert.ok(value >= (before.get(name) ?? 0), `${name} fell to ${value}`);
        }
        before = now;
      });
    }),
  );
});

test('time at the limit counts from the limit on, and not where nobody says a limit', () => {
  const tally = one();
  tally.add(kernel(0, { 1: 5, 2: 5 }));
  tally.setLimits([{ address: '127.0.0.1:80', inode: 1, limit: 5 }]);
  tally.add(kernel(1000, { 1: 6, 2: 5 }));
  tally.add(kernel(2000, { 1: 4, 2: 5 }));
  tally.add(kernel(3000, { 1: 0, 2: 5 }));
  assert.equal(figureOf(tally, 'acceptQueueFullSeconds', { inode: '1' }), 1.5);
  assert.equal(figureOf(tally, 'acceptQueueFullSeconds', { inode: '2' }), undefined);
  assert.deepEqual(tally.withoutLimit(), [2]);
});

test('what nobody has told of is absent, never zero', () => {
  const tally = one();
  assert.deepEqual(tally.families(), []);
  tally.add(kernel(0, {}));
  assert.deepEqual(
    tally.families().map(({ name }) => name),
    ['acceptbench_probe_samples_total'],
  );
  tally.add(kernel(20, { 1: 0 }, { passiveOpens: 10 }));
  assert.equal(figureOf(tally, 'acceptQueueLength'), 0);
  assert.equal(figureOf(tally, 'acceptQueueLimit'), undefined);
  assert.equal(figureOf(tally, 'listenOverflows'), undefined);
  assert.equal(figureOf(tally, 'stageRequests', { stage: 'process' }), undefined);
  assert.equal(figureOf(tally, 'kernelAccepted'), 10);
  tally.add(kernel(40, { 1: 3 }, { passiveOpens: 12 }));
  assert.equal(
    figureOf(tally, 'kernelAccepted'),
    10,
    'a queue read later than its counter takes nothing away',
  );
});

test('a stage inside the server is what its own metrics say; the process by its hook', () => {
  const tally = one();
  const values = (accepted: number, started: number, active: number, queued: number) => ({
    acceptbench_connections_accepted_total: accepted,
    acceptbench_requests_started_total: started,
    http_server_active_requests: active,
    acceptbench_offload_queue_length: queued,
  });
  tally.add(server(0, values(0, 0, 0, 0)));
  tally.add(server(1000, values(10, 6, 5, 4)));
  const second = (stage: string) => figureOf(tally, 'stageConnectionSeconds', { stage });
  assert.deepEqual([second('process'), second('offload-queue'), second('work')], [2, 2, 0.5]);
});

test('without a hook the process is what the kernel counts, between two samples, from an empty server on', () => {
  const tally = one();
  const say = (atMs: number, started: number, active: number, passiveOpens: number, queue: number) => {
    tally.add(
      server(atMs, { acceptbench_requests_started_total: started, http_server_active_requests: active }),
    );
    tally.add(kernel(atMs + 10, { 1: queue }, { passiveOpens }));
  };
  // Others have opened 1000 connections on this host before.
  tally.add(kernel(-10, { 1: 0 }, { passiveOpens: 1000 }));
  for (let atMs = 0; atMs <= 300; atMs += 20) say(atMs, 5, 0, 1000, 0);
  assert.equal(figureOf(tally, 'stageRequests', { stage: 'process' }), 0);
  say(320, 6, 1, 1012, 2);
  // Half of the way from 1000 to 1010 accepted, and one has started.
  assert.equal(figureOf(tally, 'stageRequests', { stage: 'process' }), 4);
});

test('where a connection brings many requests the process can’t be told', () => {
  const tally = new Tally({ requestsPerConnection: 'many' });
  tally.add(server(0, { acceptbench_connections_accepted_total: 3, acceptbench_requests_started_total: 1 }));
  assert.equal(figureOf(tally, 'stageRequests', { stage: 'process' }), undefined);
});
