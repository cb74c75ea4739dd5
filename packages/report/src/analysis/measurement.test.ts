import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Measurement } from '@acceptbench/results/measurement';
import type { CpuSample, Sample } from '@acceptbench/results/sample';
import fc from 'fast-check';
import { aCell, aLoad, windowStartMs } from '../testing/builders.ts';
import { connectionsAccepted } from './kernel.ts';
import { type MeasurementInput, toMeasurement } from './measurement.ts';

const counters = {
  listenOverflows: 3,
  listenDrops: 3,
  synRetrans: 0,
  reqQFullDrop: 0,
  reqQFullDoCookies: 0,
  deferAcceptDrop: 0,
};

const kernelSample = (atMs: number, queue: number, passiveOpens: number | null): Sample => ({
  kind: 'kernel',
  atMs: windowStartMs + atMs,
  listeners: [{ address: '127.0.0.1:8080', inode: 1, queue }],
  counters: { ...counters, passiveOpens },
});

const serverSample = (atMs: number, values: Record<string, number>): Sample => ({
  kind: 'server',
  atMs: windowStartMs + atMs,
  values,
});

const histogram = (name: string, sum: number, count: number) => ({
  [`acceptbench_${name}_sum`]: sum,
  [`acceptbench_${name}_count`]: count,
});

/**
 * Arrivals at 300/s for ten seconds and a server that accepts 200/s: the queue grows by 100/s to 1000 and drains by 200/s in
 * five seconds. Waits sum to 1000 × 10 / 2 + 1000 × 5 / 2 = 7500 connection-seconds.
 */
function ramp(): Sample[] {
  const samples: Sample[] = [kernelSample(-500, 0, 40)];
  for (let atMs = 5; atMs <= 16_005; atMs += 10) {
    const arrived = Math.min(3000, 0.3 * atMs);
    const taken = Math.min(arrived, 0.2 * atMs);
    samples.push(kernelSample(atMs, Math.round(arrived - taken), 40 + Math.round(arrived)));
  }
  return samples;
}

const use = (cpuSeconds: number, rssBytes = 1_000_000) => ({
  cpuSeconds,
  runQueueSeconds: cpuSeconds / 10,
  rssBytes,
  descriptors: 20,
  threads: {},
});

const cpuSample = (atMs: number, change: Partial<CpuSample>): CpuSample => ({
  kind: 'cpu',
  atMs: windowStartMs + atMs,
  wallMs: windowStartMs + atMs,
  server: null,
  load: null,
  host: { stealSeconds: 1 + atMs / 100_000, pressureSeconds: null },
  halfOpen: null,
  ...change,
});

const cpu: Sample[] = [
  cpuSample(-1000, { server: use(1, 9_000_000), halfOpen: 99 }),
  cpuSample(1000, { server: use(2, 3_000_000), load: use(0.5), halfOpen: 4 }),
  cpuSample(15_000, { server: use(14, 2_000_000), load: use(3.5) }),
];

const work: Sample[] = [
  serverSample(-900, histogram('work_duration_seconds', 0.4, 100)),
  serverSample(-100, histogram('work_duration_seconds', 0.8, 200)),
  serverSample(16_000, histogram('work_duration_seconds', 12.8, 3200)),
];

function input(change: Partial<MeasurementInput> = {}): MeasurementInput {
  const cell = aCell({ rate: 300 });
  const load = aLoad(cell, {
    completedInWindow: 1990,
    responseTime: { n: 3000, mean: 2510, min: 4, p50: 2500, p90: 4500, p99: 4950, max: 5010 },
  });
  const samples = [...ramp(), ...cpu, ...work];
  const samplerReport = { late: 2, missed: 1 };
  return {
    cell,
    load,
    samples,
    limits: { total: 1024, each: [{ inode: 1, limit: 1024 }] },
    loadCores: 1,
    isolation: 'namespace',
    drained: null,
    samplerReport,
    ...change,
  };
}

const stage = (measurement: Measurement, name: string) =>
  measurement.stages.find((each) => each.stage === name);

function assertNear(actual: number | null | undefined, expected: number, within: number) {
  assert.ok(
    typeof actual === 'number' && Math.abs(actual - expected) <= within,
    `${actual} is not within ${within} of ${expected}`,
  );
}

const without = (kind: Sample['kind']) => input().samples.filter((sample) => sample.kind !== kind);

describe('toMeasurement', () => {
  it('is a measurement by the schema', () => {
    assert.deepEqual(Measurement.parse(toMeasurement(input())), toMeasurement(input()));
  });

  it('takes rates over the window: accepted is opened less what the queue grew by', () => {
    const { rates } = toMeasurement(input());
    assert.equal(rates.offeredPerSecond, 300);
    assert.equal(rates.completedPerSecond, 199);
    assertNear(rates.acceptedPerSecond, 200, 0.5);
  });

  it('takes the accept queue from window start until it is empty', () => {
    const queue = toMeasurement(input()).acceptQueue;
    assertNear(queue?.mean, 500, 1);
    assertNear(queue?.connectionSeconds, 7500, 10);
    assertNear(queue?.max, 1000, 1);
    assert.equal(queue?.overflows, 0);
    assert.equal(queue?.limit, 1024);
    assert.deepEqual([queue?.lateSamples, queue?.missedSamples], [2, 1]);
    assert.equal(queue?.samples, 1601);
  });

  it('counts overflows from the window on, not those of the warm-up', () => {
    const samples = input().samples.map((sample, i): Sample => {
      if (sample.kind !== 'kernel') return sample;
      return { ...sample, counters: { ...sample.counters, listenOverflows: i === 0 ? 3 : 10 } };
    });
    assert.equal(toMeasurement(input({ samples })).acceptQueue?.overflows, 7);
  });

  it("shares the queue's connection-seconds among those who waited, and leaves the process the rest", () => {
    const measurement = toMeasurement(input());
    assertNear(stage(measurement, 'accept-queue')?.meanMs, 2500, 5);
    assertNear(stage(measurement, 'work')?.meanMs, 4, 1e-9);
    assert.equal(stage(measurement, 'client-lag')?.meanMs, 0.4);
    const sum = measurement.stages.reduce((total, each) => total + each.meanMs, 0);
    assertNear(sum, 2510, 1e-9);
    assert.match(stage(measurement, 'process')?.source ?? '', /^the rest/);
    assert.equal(stage(measurement, 'offload-queue'), undefined);
    assert.equal(stage(measurement, 'process')?.isRest, true);
    assert.equal(measurement.residualMs, null);
    assert.match(measurement.notMeasured.join(), /^Process by itself: the server does not say/);
  });

  it('shares it among requests where connections are kept', () => {
    const cell = aCell({ rate: 300, policy: 'keep-alive' });
    const load = { ...input().load, completed: 30_000, connections: 3000 };
    assertNear(stage(toMeasurement(input({ cell, load })), 'accept-queue')?.meanMs, 250, 1);
  });

  it('leaves the rest below zero as it is', () => {
    const { load } = input();
    const fast = { ...load, responseTime: { ...load.responseTime, mean: 2480 } };
    assertNear(stage(toMeasurement(input({ load: fast })), 'process')?.meanMs, -24.4, 5);
  });

  it('takes service time and ceiling from the server, without its warm-up', () => {
    const measurement = toMeasurement(input());
    assert.equal(measurement.serviceTimeMs?.n, 3000);
    assertNear(measurement.serviceTimeMs?.mean, 4, 1e-9);
    assertNear(measurement.ceilingPerSecond, 250, 1e-9);
  });

  it('takes for the ceiling what the work took within the window, and not while the server drained', () => {
    const later = serverSample(76_000, histogram('work_duration_seconds', 12.8 + 6, 3500));
    const measurement = toMeasurement(input({ samples: [...input().samples, later] }));
    assertNear(measurement.serviceTimeMs?.mean, (3000 * 4 + 300 * 20) / 3300, 1e-9);
    assertNear(measurement.ceilingPerSecond, 250, 1e-6);
  });

  it('takes all workers for the ceiling, and an inline loop as one', () => {
    const offload = aCell({ topology: 'offload', workers: 4 });
    assertNear(toMeasurement(input({ cell: offload })).ceilingPerSecond, 1000, 1e-6);
    const inline = aCell({ workers: 4 });
    assertNear(toMeasurement(input({ cell: inline })).ceilingPerSecond, 250, 1e-6);
  });

  it("takes the offload queue's wait from the server", () => {
    const cell = aCell({ topology: 'offload' });
    const samples = [
      ...ramp(),
      serverSample(-100, { ...histogram('work_duration_seconds', 0.8, 200) }),
      serverSample(16_000, {
        ...histogram('work_duration_seconds', 12.8, 3200),
        ...histogram('offload_queue_wait_seconds', 6, 3000),
      }),
    ];
    assertNear(stage(toMeasurement(input({ cell, samples })), 'offload-queue')?.meanMs, 2, 1e-9);
  });

  it('says what a server without metrics leaves unseen, and that the rest holds it', () => {
    const cell = aCell({ topology: 'offload' });
    const measurement = toMeasurement(input({ cell, samples: without('server') }));
    assert.deepEqual(
      measurement.stages.map((each) => each.stage),
      ['client-lag', 'resend', 'accept-queue', 'process'],
    );
    assert.match(
      stage(measurement, 'process')?.source ?? '',
      /includes the reply, the offload queue, the work/,
    );
    assert.equal(measurement.notMeasured.length, 2);
    assert.equal(measurement.serviceTimeMs, null);
    assert.equal(measurement.ceilingPerSecond, null);
  });

  it('never calls the rest the process when the accept queue is in it', () => {
    const kernelUnavailable = 'this system does not show accept queues.';
    const measurement = toMeasurement(input({ samples: without('kernel'), kernelUnavailable }));
    assert.equal(measurement.acceptQueue, null);
    assert.equal(measurement.rates.acceptedPerSecond, null);
    assert.equal(stage(measurement, 'process'), undefined);
    assert.match(measurement.notMeasured.join('\n'), /this system does not show accept queues/);
  });

  it('says when the queue was not seen to empty', () => {
    const samples = input().samples.filter((sample) => sample.atMs < windowStartMs + 12_000);
    assert.match(toMeasurement(input({ samples })).notMeasured.join('\n'), /still waited at the last sample/);
  });

  it('says when the kernel does not count connections, and shares by those of k6', () => {
    const samples = input().samples.map(
      (sample): Sample =>
        sample.kind === 'kernel'
          ? { ...sample, counters: { ...sample.counters, passiveOpens: null } }
          : sample,
    );
    const measurement = toMeasurement(input({ samples }));
    assert.equal(measurement.rates.acceptedPerSecond, null);
    assert.match(measurement.notMeasured.join('\n'), /^Accepted connections/m);
    assert.match(stage(measurement, 'accept-queue')?.source ?? '', /that the generator opened/);
    assertNear(stage(measurement, 'accept-queue')?.meanMs, 2500, 5);
  });

  it('takes CPU from the window until the server is idle', () => {
    const { cpu: used } = toMeasurement(input());
    assertNear(used.stealSeconds, 0.15, 1e-9);
    assertNear(used.loadSecondsInWindow, (3 * 9) / 14, 1e-9);
    assert.deepEqual(
      { ...used, stealSeconds: 0, loadSecondsInWindow: 0 },
      {
        serverSeconds: 12.5,
        loadSeconds: 3,
        loadSecondsInWindow: 0,
        loadCores: 1,
        serverRunQueueSeconds: 1.25,
        loadRunQueueSeconds: 0.3,
        stealSeconds: 0,
        pressureSeconds: null,
        spanSeconds: 15,
      },
    );
    const none = toMeasurement(input({ samples: without('cpu') }));
    assert.deepEqual([none.cpu.serverSeconds, none.cpu.loadSeconds, none.cpu.spanSeconds], [null, null, 0]);
    assert.match(none.notMeasured.join('\n'), /CPU of the server.*\nCPU of the load generator/);
  });

  it('takes memory, descriptors and half-open connections at their highest from the window on', () => {
    const { peak } = toMeasurement(input());
    assert.deepEqual(peak, { serverRssBytes: 3_000_000, serverDescriptors: 20, halfOpen: 4 });
  });

  it('has each listener by itself, and they sum to the whole', () => {
    const samples = input().samples.map((sample): Sample => {
      if (sample.kind !== 'kernel') return sample;
      const queue = sample.listeners[0]?.queue ?? 0;
      const small = Math.floor(queue / 4);
      const [first = 0, second = 0] = [queue - small, small];
      return {
        ...sample,
        listeners: [
          { address: '127.0.0.1:8080', inode: 7, queue: first },
          { address: '127.0.0.1:8080', inode: 5, queue: second },
        ],
      };
    });
    const limits = { total: 1000, each: [{ inode: 5, limit: 500 }] };
    const queue = toMeasurement(input({ samples, limits })).acceptQueue;
    const [large, small] = queue?.listeners ?? [];
    assert.deepEqual([large?.inode, large?.limit, small?.inode, small?.limit], [7, null, 5, 500]);
    assertNear((large?.mean ?? 0) + (small?.mean ?? 0), queue?.mean ?? 0, 1e-6);
    assertNear(
      (large?.connectionSeconds ?? 0) + (small?.connectionSeconds ?? 0),
      queue?.connectionSeconds ?? 0,
      1e-6,
    );
    assertNear((large?.mean ?? 0) / (small?.mean ?? 1), 3, 0.05);
  });

  it('takes the service time of each third of the window', () => {
    const samples = [
      ...ramp(),
      serverSample(-100, histogram('work_duration_seconds', 0.8, 200)),
      serverSample(0, histogram('work_duration_seconds', 0.8, 200)),
      serverSample(5000, histogram('work_duration_seconds', 0.8 + 4, 200 + 1000)),
      serverSample(10_000, histogram('work_duration_seconds', 0.8 + 4 + 8, 200 + 2000)),
    ];
    const [first = 0, second = 0, last = 0] = toMeasurement(input({ samples })).serviceTimeByThirdMs ?? [];
    assertNear(first, 4, 1e-9);
    assertNear(second, 6, 1e-9);
    assertNear(last, 8, 1e-9);
    assert.equal(toMeasurement(input({ samples: ramp() })).serviceTimeByThirdMs, null);
  });

  it('has no stage without a completed request', () => {
    const load = { ...input().load, completed: 0 };
    const measurement = toMeasurement(input({ load }));
    assert.deepEqual(measurement.stages, []);
    assert.match(measurement.notMeasured.join('\n'), /no request was completed/);
  });

  it('is by the schema whatever is missing from the samples', () => {
    const all = input().samples.filter((_, i) => i % 40 === 0 || i > 1600);
    fc.assert(
      fc.property(fc.subarray(all), fc.constantFrom(null, 4, 511), (samples, total) => {
        const measurement = toMeasurement(input({ samples, limits: { total, each: [] } }));
        assert.deepEqual(Measurement.parse(measurement), measurement);
      }),
    );
  });
});

describe('connectionsAccepted', () => {
  it('leaves out the connections of the warm-up', () => {
    const samples = [kernelSample(-2000, 0, 5), ...ramp()];
    assert.equal(connectionsAccepted(samples, windowStartMs), 3000);
  });

  it('counts those from window start until the queue was empty', () => {
    assert.equal(connectionsAccepted(ramp(), windowStartMs), 3000);
    assert.equal(connectionsAccepted([], windowStartMs), null);
  });
});
