import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Cell } from '@acceptbench/results/cell';
import type { LoadResult } from '@acceptbench/results/load';
import type { Sample } from '@acceptbench/results/sample';
import { aCell, aLoad, aServer, windowStartMs } from '../testing/builders.ts';
import { checkGates } from './gates.ts';
import { burstAcceptedMs, kernelSamples } from './kernel.ts';
import { toMeasurement } from './measurement.ts';

const none = { synRetrans: 0, listenDrops: 0, reqQFullDrop: 0, reqQFullDoCookies: 0, deferAcceptDrop: 0 };

/** The kernel's samples: [ms since the window's start, connections opened so far, waiting now]. */
const kernel = (rows: readonly (readonly [number, number, number])[]): Sample[] =>
  rows.map(([atMs, passiveOpens, queue]) => ({
    kind: 'kernel',
    atMs: windowStartMs + atMs,
    listeners: [{ address: '127.0.0.1:8080', inode: 1, queue }],
    counters: { passiveOpens, listenOverflows: 0, ...none },
  }));

const server = (atMs: number, values: Record<string, number>): Sample => ({
  kind: 'server',
  atMs: windowStartMs + atMs,
  values,
});

function measured(cell: Cell, load: LoadResult, samples: Sample[]) {
  const measurement = toMeasurement({
    cell,
    load,
    samples,
    limits: { total: 512, each: [] },
    loadCores: 1,
    isolation: 'namespace',
    drained: null,
    samplerReport: { late: 0, missed: 0 },
  });
  const isolation = 'namespace' as const;
  const reasons = checkGates({ cell, measurement, load, isolation, server: aServer(cell), samples });
  return { measurement, reasons, law: (name: string) => measurement.books.find(({ law }) => law === name) };
}

const at = (load: Cell['load']): Cell => ({ ...aCell(), load });
const windowed = { warmupSeconds: 1, warmupRatePerSecond: 50, durationSeconds: 2 };

const flat = (n: number, ms: number) => ({ n, mean: ms, min: ms, p50: ms, p90: ms, p99: ms, max: ms });

test('replies of a server that sheds are not taken for those that were completed', () => {
  // Of 30 requests 10 are completed, 90 ms in the queue and 10 ms of work, and 20 are shed at once.
  const name = 'http_server_request_duration_seconds';
  const status = '{http_response_status_code="503"}';
  const [wait, work] = ['acceptbench_offload_queue_wait_seconds', 'acceptbench_work_duration_seconds'];
  const samples = [
    ...kernel([
      [-10, 0, 0],
      [3000, 30, 0],
    ]),
    server(-10, { acceptbench_requests_started_total: 0 }),
    server(3000, {
      acceptbench_requests_started_total: 30,
      [`${name}_count`]: 30,
      [`${name}_sum`]: 10 * 0.1 + 20 * 0.0001,
      [`${name}_count${status}`]: 20,
      [`${name}_sum${status}`]: 20 * 0.0001,
      [`${wait}_count`]: 10,
      [`${wait}_sum`]: 10 * 0.09,
      [`${work}_count`]: 10,
      [`${work}_sum`]: 10 * 0.01,
    }),
  ];
  const cell = { ...aCell({ topology: 'offload' }), queueLimit: 4 };
  // They finish evenly until 3,000 ms: at 1,495 in the mean, and the client has them 1 ms later.
  const endedAtMs = 10 * (((3000 / 3010) * 3000) / 2 + 1);
  const load = aLoad(cell, { started: 30, completed: 10, shed: 20, shedMs: 22, connections: 30, endedAtMs });
  const { measurement } = measured(cell, load, samples);
  const meanMs = (of: string) => measurement.stages.find(({ stage }) => stage === of)?.meanMs ?? Number.NaN;
  assert.ok(Math.abs(meanMs('reply') - 1) < 1e-6, `${meanMs('reply')}`);
  assert.ok(Math.abs(meanMs('offload-queue') - 90) < 1e-6 && Math.abs(meanMs('work') - 10) < 1e-6);
  assert.equal(measurement.requests.shedMeanMs, 1.1);
});

test('a burst: refused connections are a result, and none of the laws counts them', () => {
  const cell = at({ kind: 'burst', connections: 100, ...windowed });
  const samples = [
    ...kernel([
      [-10, 5, 0],
      [5, 85, 80],
      [300, 85, 0],
      [2000, 86, 0],
    ]),
    server(-10, { acceptbench_requests_started_total: 5 }),
    server(2000, { acceptbench_requests_started_total: 86 }),
  ];
  const load = aLoad(cell, {
    started: 101,
    completed: 81,
    completedInWindow: 81,
    errored: 20,
    connections: 81,
    schedulingLag: flat(101, 40),
    burst: {
      connections: 100,
      connected: 80,
      connectedMs: 8,
      refused: 20,
      drainedMs: 310,
      before: { meanMs: 2, n: 20 },
      nextMs: 300,
      recoveredMs: 350,
    },
  });
  const { measurement, reasons, law } = measured(cell, load, samples);
  assert.deepEqual([law('requests')?.residual, law('requests-started')?.residual], [0, 0]);
  assert.equal(law('connections-opened')?.residual, 0);
  assert.equal(measurement.burst?.acceptedMs, 300);
  assert.deepEqual(reasons, []);
  const slow = { ...load, schedulingLag: flat(101, 90) };
  assert.match(measured(cell, slow, samples).reasons[0]?.reason ?? '', /p99 of its lag ≤ 77\.5 ms/);
  const wrong = { ...load, wrong: 1, completed: 80 };
  assert.deepEqual(
    measured(cell, wrong, samples).reasons.map(({ gate }) => gate),
    ['responses'],
  );
  assert.equal(burstAcceptedMs(kernelSamples(samples), windowStartMs, 82), null);
});

test('what a full queue keeps out waits to be sent again, also where the client is connected', () => {
  // 100 at one instant: the kernel lets half of them in at once, and the others after 400 ms, when their requests come again.
  const cell = at({ kind: 'burst', connections: 100, ...windowed });
  const rows = (listenOverflows: number): Sample[] =>
    kernel([
      [-1, 5, 0],
      [0.001, 55, 50],
      [399.999, 55, 0],
      [400, 105, 50],
      [800, 105, 0],
    ]).map((sample, index) =>
      sample.kind !== 'kernel' || index === 0
        ? sample
        : { ...sample, counters: { ...sample.counters, listenOverflows } },
    );
  const load = aLoad(cell, {
    started: 100,
    completed: 100,
    connections: 100,
    schedulingLag: flat(100, 2),
    openingMs: 100,
    responseTime: flat(100, 500),
    endedAtMs: 100 * 500,
  });
  const resendMs = (samples: Sample[]) =>
    measured(cell, load, samples).measurement.stages.find(({ stage }) => stage === 'resend')?.meanMs ?? 0;
  // A mean of 200 ms until they were let in, 3 ms of which are the client's.
  assert.ok(Math.abs(resendMs(rows(50)) - 197) < 1, `${resendMs(rows(50))}`);
  assert.equal(resendMs(rows(0)), 0);
  // Where one in twenty was never answered, their intended starts are missing: what is left is what the client saw.
  const some = { ...load, completed: 95, errored: 5 };
  const { measurement } = measured(cell, some, rows(50));
  assert.equal(measurement.stages.find(({ stage }) => stage === 'resend')?.meanMs, 0);
  assert.equal(measurement.residualMs, null);
});

test('overload whose queue overflows: who gives up is a result, and lies between two figures', () => {
  const cell = { ...aCell(), backlog: 4, somaxconn: 4 };
  const rows = (opened: number, listenOverflows: number) => [
    ...kernel([
      [-10, 5, 0],
      [12_000, 5 + opened, 0],
    ]).map((sample, index) =>
      sample.kind === 'kernel' && index > 0
        ? { ...sample, counters: { ...sample.counters, listenOverflows } }
        : sample,
    ),
    server(-10, { acceptbench_requests_started_total: 5 }),
    server(12_000, { acceptbench_requests_started_total: 5 + opened }),
  ];
  // Of 3,250 that all connected 250 were not answered, and the kernel had 3,010 of them.
  const load = aLoad(cell, { completed: 3000, errored: 250 });
  const gates = (samples: Sample[]) => measured(cell, load, samples).reasons.map(({ gate }) => gate);
  assert.deepEqual(
    gates(rows(3010, 900)).filter((gate) => gate !== 'topology'),
    [],
  );
  assert.deepEqual(gates(rows(2990, 900)).includes('books'), true);
  assert.ok(gates(rows(2900, 900)).includes('connections'));
  assert.ok(gates(rows(3010, 0)).includes('responses'));
  assert.equal(measured(cell, load, rows(3010, 900)).law('connections-opened')?.residual, 0);
  // An ACK that came twice: strays are nobody's.
  const whole = aLoad(cell);
  assert.equal(measured(cell, whole, rows(3252, 900)).law('connections-opened')?.holds, true);
  assert.equal(measured(cell, whole, rows(3252, 0)).law('connections-opened')?.holds, false);
});

test('silent connections: opened before the window, and within it the kernel counts the load alone', () => {
  const cell = { ...aCell(), load: { ...aCell().load, silentConnections: 40 } };
  const rows = (late: number) =>
    kernel([
      [-3000, 7, 0],
      [-2500, 37, 0],
      [-1400, 47 - late, 0],
      [-10, 60, 0],
      [12_000, 60 + 3250, 0],
    ]);
  const silent = {
    asked: 40,
    connected: 40,
    closedByServer: 0,
    openedFromMs: windowStartMs - 2900,
    settledAtMs: windowStartMs - 1400,
  };
  const load = aLoad(cell, { silent });
  const { measurement, law } = measured(cell, load, rows(0));
  assert.deepEqual([law('silent-opened')?.left, law('silent-opened')?.residual], [40, 0]);
  assert.equal(law('connections-opened')?.residual, 0);
  assert.deepEqual(measurement.silent, silent);
  const { reasons } = measured(cell, load, rows(1));
  assert.match(reasons.find(({ gate }) => gate === 'books')?.reason ?? '', /silent connections .*= -1$/);
});

test('a closed loop: what its generator does not tell is null or left out, never zero', () => {
  const cell = at({ kind: 'closed-loop', generator: 'wrk', connections: 64, ...windowed });
  const load: LoadResult = {
    ...aLoad(cell),
    started: 1000,
    completed: 1000,
    completedInWindow: 1000,
    completedByThird: null,
    connections: null,
    schedulingLag: null,
    openingMs: null,
    resendingMs: null,
    resent: null,
    endedAtMs: null,
    responseTime: { ...flat(1000, 10), min: null },
  };
  const rows = (started: number) => [
    ...kernel([
      [-10, 5, 0],
      [2100, 69, 0],
    ]),
    server(-10, { acceptbench_requests_started_total: 5 }),
    server(2100, { acceptbench_requests_started_total: 5 + started }),
  ];
  const { measurement, law, reasons } = measured(cell, load, rows(1064));
  assert.equal(measurement.schedulingLagMs, null);
  assert.equal(measurement.residualMs, null);
  assert.deepEqual(
    measurement.stages.map(({ stage }) => stage),
    ['accept-queue'],
  );
  assert.ok(measurement.notMeasured.some((sentence) => sentence.startsWith('Process and reply')));
  assert.deepEqual([law('requests'), law('connections-opened')], [undefined, undefined]);
  assert.deepEqual([law('requests-started')?.residual, reasons], [0, []]);
  assert.equal(measured(cell, load, rows(1065)).law('requests-started')?.residual, 1);
  assert.equal(measured(cell, load, rows(999)).law('requests-started')?.residual, -1);
});
