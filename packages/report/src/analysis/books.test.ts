import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { ArrivalLoad, Cell } from '@acceptbench/results/cell';
import type { LawName, Measurement, StageName } from '@acceptbench/results/measurement';
import type { KernelSample, Sample } from '@acceptbench/results/sample';
import { aCalmCell, aCell, windowStartMs } from '../testing/builders.ts';
import { type SimulationOptions, simulate, type Truth } from '../testing/simulation.ts';
import { type MeasurementInput, toMeasurement } from './measurement.ts';

const arrivals = aCell().load as ArrivalLoad;

function measured(
  overload: boolean,
  options: SimulationOptions,
  change: Partial<MeasurementInput> = {},
  other: Omit<Partial<Cell>, 'load'> = {},
) {
  const topology = options.offload ? ('offload' as const) : ('inline' as const);
  const load = { ...arrivals, durationSeconds: 2 };
  const cell = overload
    ? aCell({ topology, load, ...other })
    : aCalmCell({ topology, load: { ...load, ratePerSecond: 175, ofCeiling: 0.7 }, ...other });
  const simulation = simulate(cell, options);
  const measurement = toMeasurement({
    cell,
    load: simulation.load,
    samples: simulation.samples,
    limits: { total: 512, each: [] },
    loadCores: 1,
    isolation: 'namespace',
    drained: options.hook ? { accepted: 1000, closed: 1000 } : null,
    samplerReport: { late: 0, missed: 0 },
    ...change,
  });
  return { ...simulation, measurement };
}

const stage = ({ stages }: Measurement, name: StageName) =>
  stages.find((each) => each.stage === name)?.meanMs ?? Number.NaN;
const law = ({ books }: Measurement, name: LawName) => books.find((book) => book.law === name);

/** Each stage is what it was, none is a remainder, and every law that was checked holds. */
function assertTrue(measurement: Measurement, truth: Truth, { offload, workMs }: SimulationOptions): void {
  const expected: [StageName, number][] = [
    ['client-lag', truth.client],
    ['resend', truth.resend],
    ['accept-queue', truth.accept],
    ['process', truth.process],
    ['reply', truth.reply],
  ];
  if (workMs > 0) expected.push(['work', truth.work]);
  if (offload) expected.push(['offload-queue', truth.offload]);
  assert.deepEqual(
    measurement.stages.map((each) => each.stage).sort(),
    expected.map(([name]) => name).sort(),
  );
  for (const [each, trueMs] of expected) {
    // What the scrapes see of a step of one request, over two seconds. A full queue makes steps of what comes in, too.
    const within = Math.max(truth.resend > 0 ? 1.5 : 1, 0.01 * trueMs);
    const seen = stage(measurement, each);
    assert.ok(Math.abs(seen - trueMs) <= within, `${each}: ${seen} for ${trueMs} ms`);
  }
  assert.ok(measurement.stages.every(({ isRest }) => !isRest));
  const residualMs = Math.abs(measurement.residualMs ?? Number.NaN);
  assert.ok(residualMs < Math.max(1, truth.response * 0.01), `residual ${residualMs}`);
  for (const book of measurement.books) {
    assert.equal(book.holds, true, `${book.law}: ${book.left} and ${book.right}`);
  }
}

const servers: [string, SimulationOptions][] = [
  ['inline with a hook', { workMs: 4, ahead: 0, offload: false, hook: true }],
  ['inline without a hook, accepting ahead', { workMs: 4, ahead: 60, offload: false, hook: false }],
  ['inline with a hook, accepting ahead', { workMs: 4, ahead: 7, offload: false, hook: true }],
  ['offload without a hook', { workMs: 4, ahead: 0, offload: true, hook: false }],
  ['offload with a hook', { workMs: 4, ahead: 0, offload: true, hook: true }],
  ['moments not summed up', { workMs: 4, ahead: 60, offload: false, hook: false, sumsMoments: false }],
  [
    'moments not summed up, with a hook',
    { workMs: 4, ahead: 0, offload: true, hook: true, sumsMoments: false },
  ],
];

describe('stages and books of a simulated server', () => {
  for (const overload of [true, false]) {
    for (const [name, options] of servers) {
      it(`${name}, ${overload ? 'above' : 'below'} the ceiling: each stage is what it was, and the books close`, () => {
        const { measurement, truth } = measured(overload, options);
        assertTrue(measurement, truth, options);
        const laws = measurement.books.map((book) => book.law);
        assert.equal(laws.includes('little-accept-queue'), options.hook);
        assert.equal(laws.includes('connections-closed'), options.hook);
        assert.equal(laws.includes('little-offload-queue'), options.offload);
        if (options.sumsMoments !== false) {
          const reply = stage(measurement, 'reply');
          assert.ok(Math.abs(reply - truth.reply) < 0.001, `reply: ${reply} for ${truth.reply} ms`);
        }
        for (const each of [
          'requests',
          'requests-started',
          'requests-ended',
          'connections-opened',
        ] as const) {
          assert.equal(law(measurement, each)?.residual, 0, each);
        }
      });
    }
  }

  const [, inline] = servers[0] ?? [];
  assert.ok(inline !== undefined);

  it('from another host: the way of the handshake’s last packet is in no clock of the client’s, and in the kernel’s', () => {
    const delayed = { ...inline, delayMs: 20 };
    const { measurement, truth } = measured(false, delayed, { link: { delayMs: 20, lossPercent: 0 } });
    assertTrue(measurement, truth, delayed);
    const unaware = measured(false, delayed).measurement;
    assert.ok(Math.abs((unaware.residualMs ?? 0) - 20) < 1, `${unaware.residualMs}`);
    assert.equal(law(unaware, 'stages')?.holds, false);
  });

  it('without a hook, what is read of the queue between two readings of PassiveOpens counts as well', () => {
    const options: SimulationOptions = { workMs: 4, ahead: 60, offload: false, hook: false };
    const { samples, measurement } = measured(true, options);
    // A queue that empties by tens at once: of two readings of the counter there is one of the queue alone between.
    const uneven = samples.map((sample): Sample => {
      if (sample.kind !== 'kernel' || sample.counters.passiveOpens !== null) return sample;
      return { ...sample, listeners: sample.listeners.map((one) => ({ ...one, queue: one.queue + 30 })) };
    });
    const other = measured(true, options, { samples: uneven }).measurement;
    assert.ok(stage(other, 'accept-queue') - stage(measurement, 'accept-queue') > 10);
    assert.ok(stage(measurement, 'process') - stage(other, 'process') > 10);
    assert.ok(Math.abs(other.residualMs ?? Number.NaN) < 1, `residual ${other.residualMs}`);
  });

  it('a connection that the server never accepted, or accepted twice, is found', () => {
    const { samples } = measured(true, inline);
    const less = samples.map((sample): Sample => {
      if (sample.kind !== 'server' || sample !== samples.findLast(({ kind }) => kind === 'server'))
        return sample;
      const { acceptbench_connections_accepted_total: accepted = 0, ...values } = sample.values;
      return { ...sample, values: { ...values, acceptbench_connections_accepted_total: accepted - 1 } };
    });
    const { measurement } = measured(true, inline, { samples: less });
    assert.equal(law(measurement, 'connections-accepted')?.residual, 1);
    assert.equal(law(measurement, 'connections-accepted')?.holds, false);
  });

  it('a connection that still waits at the end is neither lost nor accepted', () => {
    const { samples } = measured(true, inline);
    const last = samples.findLast(({ kind }) => kind === 'kernel');
    const waiting = samples.map((sample): Sample => {
      if (sample.kind === 'kernel' && sample === last) {
        return { ...sample, listeners: sample.listeners.map((one) => ({ ...one, queue: 1 })) };
      }
      if (sample.kind !== 'server' || sample.atMs < windowStartMs + 2600) return sample;
      const { acceptbench_connections_accepted_total: accepted = 0, ...values } = sample.values;
      return { ...sample, values: { ...values, acceptbench_connections_accepted_total: accepted - 1 } };
    });
    const { measurement } = measured(true, inline, { samples: waiting });
    const book = law(measurement, 'connections-accepted');
    assert.deepEqual([book?.residual, book?.holds], [0, true]);
    assert.match(measurement.notMeasured.join(), /1 connections still waited at the last sample/);
  });

  it('a connection that is never closed is found', () => {
    const { measurement } = measured(true, inline, { drained: { accepted: 1000, closed: 999 } });
    assert.deepEqual(
      [law(measurement, 'connections-closed')?.residual, law(measurement, 'connections-closed')?.holds],
      [1, false],
    );
  });

  it('a request that the server started and k6 did not is found', () => {
    const { load } = measured(true, inline);
    const { measurement } = measured(true, inline, { load: { ...load, started: load.started - 1 } });
    assert.equal(law(measurement, 'requests-started')?.holds, false);
    assert.equal(law(measurement, 'requests')?.holds, false);
  });

  it('a queue that is shown half as long as it is breaks Little’s law and the sum', () => {
    const { samples } = measured(true, inline);
    const half = samples.map(
      (sample): Sample =>
        sample.kind === 'kernel'
          ? {
              ...sample,
              listeners: sample.listeners.map((one) => ({ ...one, queue: Math.floor(one.queue / 2) })),
            }
          : sample,
    );
    const { measurement } = measured(true, inline, { samples: half });
    assert.equal(law(measurement, 'little-accept-queue')?.holds, false);
    assert.equal(law(measurement, 'stages')?.holds, false);
    assert.equal(law(measurement, 'connections-opened')?.holds, true);
  });

  it('a server that completes more than its service times allow breaks the ceiling', () => {
    const { load } = measured(true, inline);
    const { measurement } = measured(true, inline, { load: { ...load, completedInWindow: 2 * 270 } });
    const ceiling = law(measurement, 'ceiling');
    assert.equal(ceiling?.holds, false);
    assert.ok(Math.abs((ceiling?.residual ?? 0) - 20) < 1e-6);
  });

  it('without a namespace other programs’ connections are allowed for', () => {
    const { load } = measured(true, inline);
    const fewer = { ...load, connections: load.connections - 20 };
    assert.equal(
      law(measured(true, inline, { load: fewer }).measurement, 'connections-opened')?.holds,
      false,
    );
    const host = measured(true, inline, { load: fewer, isolation: 'none' }).measurement;
    assert.equal(law(host, 'connections-opened')?.holds, true);
  });

  it('a kernel that lacks a counter: what is missing is said, and all else is as it was', () => {
    const { samples, measurement: whole } = measured(true, inline);
    const without = (name: keyof KernelSample['counters']) =>
      samples.map(
        (sample): Sample =>
          sample.kind === 'kernel' ? { ...sample, counters: { ...sample.counters, [name]: null } } : sample,
      );
    const { measurement } = measured(true, inline, { samples: without('synRetrans') });
    assert.deepEqual(measurement.notMeasured, [
      'SYNs sent again: the kernel does not count them.',
      ...whole.notMeasured,
    ]);
    assert.equal(measurement.kernel.synRetrans, null);
    assert.deepEqual(
      { ...measurement, kernel: null, notMeasured: null },
      { ...whole, kernel: null, notMeasured: null },
    );
    // Without PassiveOpens the hook still tells who was accepted, and the sum holds.
    const unopened = measured(true, inline, { samples: without('passiveOpens') }).measurement;
    assert.equal(unopened.rates.acceptedPerSecond, null);
    assert.equal(law(unopened, 'connections-opened'), undefined);
    assert.equal(law(unopened, 'stages')?.holds, true);
    assert.match(unopened.notMeasured.join(), /Accepted connections: the kernel did not say/);
  });

  it('kept connections without what the server counts have no stage for the process by itself: it is the rest', () => {
    const { samples } = measured(true, inline);
    const uncounted = samples.map((sample): Sample => {
      if (sample.kind !== 'server') return sample;
      const { acceptbench_requests_started_total: _, ...values } = sample.values;
      return { ...sample, values };
    });
    const { measurement } = measured(true, inline, { samples: uncounted }, { policy: 'keep-alive' });
    assert.equal(measurement.stages.find((each) => each.stage === 'process')?.isRest, true);
    assert.equal(measurement.residualMs, null);
    assert.equal(law(measurement, 'stages'), undefined);
    assert.match(measurement.notMeasured.join(), /the server does not say how many requests it has started/);
  });
});

describe('stages and books of other cells', () => {
  const offload: SimulationOptions = { workMs: 4, ahead: 0, offload: true, hook: false };
  const loop: SimulationOptions = { workMs: 4, ahead: 0, offload: false, hook: true };
  const none: Cell['work'] = { kind: 'none', iterations: 0 };
  const cases: [string, SimulationOptions, Omit<Partial<Cell>, 'load'>][] = [
    ['kept connections, inline', loop, { policy: 'keep-alive' }],
    ['kept connections, offload', offload, { policy: 'keep-alive' }],
    ['no work', { ...loop, workMs: 0 }, { work: none }],
    ['no work, kept connections', { ...loop, workMs: 0 }, { work: none, policy: 'keep-alive' }],
    ['three listeners', { ...loop, listeners: 3 }, { topology: 'reuseport', listeners: 3, workers: 3 }],
    [
      'three listeners without a hook, accepting ahead',
      { ...loop, listeners: 3, hook: false, ahead: 5 },
      { topology: 'reuseport', listeners: 3, workers: 3 },
    ],
    [
      'two listeners and two workers',
      { ...offload, listeners: 2, workers: 2 },
      { topology: 'reuseport-offload', listeners: 2, workers: 2 },
    ],
    ['shedding', { ...offload, queueLimit: 4 }, { queueLimit: 4 }],
    ['shedding, with a hook', { ...offload, queueLimit: 16, hook: true }, { queueLimit: 16 }],
    ['shedding, kept connections', { ...offload, queueLimit: 4 }, { queueLimit: 4, policy: 'keep-alive' }],
    ['a full accept queue', { ...loop, places: 17 }, { backlog: 16, somaxconn: 16 }],
    [
      'a full accept queue without a hook, accepting ahead',
      { ...loop, places: 5, ahead: 9, hook: false },
      {},
    ],
  ];
  for (const overload of [true, false]) {
    for (const [name, options, cell] of cases) {
      it(`${name}, ${overload ? 'above' : 'below'} the ceiling`, () => {
        const change = { drained: null };
        const { measurement, truth, ways } = measured(overload, options, change, cell);
        assertTrue(measurement, truth, options);
        // The case is what it says.
        if (overload && options.queueLimit !== undefined) assert.ok(ways.some(({ shed }) => shed));
        if (overload && options.places !== undefined) assert.ok(truth.resend > 10);
        if (cell.policy === 'keep-alive' && !overload) assert.ok(ways.some(({ opens }) => !opens));
        const { listeners = [] } = measurement.acceptQueue ?? {};
        assert.equal(listeners.length, options.listeners ?? 1);
      });
    }
  }
});
