import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { TracedLoad } from '@acceptbench/results/load';
import type { Book, Measurement } from '@acceptbench/results/measurement';
import type { CpuSample, KernelSample, ServerSample } from '@acceptbench/results/sample';
import { aBook, aCalmCell, aCell, aLoad, aMeasurement, aServer, windowStartMs } from '../testing/builders.ts';
import { checkGates, type GateInput, gates } from './gates.ts';

type Change = {
  load?: Partial<TracedLoad>;
  measurement?: Partial<Measurement>;
  input?: Partial<GateInput>;
};

function make(cell: GateInput['cell'], measurement: Measurement, change: Change): GateInput {
  const load = aLoad(cell, change.load);
  return {
    cell,
    load,
    measurement: { ...measurement, ...change.measurement },
    isolation: 'namespace',
    server: aServer(cell),
    samples: [],
    ...change.input,
  };
}

const kernelSample = (atMs: number, inodes: number[] = [1]): KernelSample => ({
  kind: 'kernel',
  atMs: windowStartMs + atMs,
  listeners: inodes.map((inode) => ({ address: '127.0.0.1:8080', inode, queue: 0 })),
  counters: {
    passiveOpens: 0,
    listenOverflows: null,
    listenDrops: null,
    synRetrans: null,
    reqQFullDrop: null,
    reqQFullDoCookies: null,
    deferAcceptDrop: null,
  },
});

const serverSample = (atMs: number, values: Record<string, number>): ServerSample => ({
  kind: 'server',
  atMs: windowStartMs + atMs,
  values,
});

const cpuSample = (atMs: number, wallAheadMs: number): CpuSample => ({
  kind: 'cpu',
  atMs: windowStartMs + atMs,
  wallMs: windowStartMs + atMs + wallAheadMs,
  server: null,
  load: null,
  host: { stealSeconds: null, pressureSeconds: null },
  halfOpen: null,
});

const seen = (...samples: GateInput['samples']) => calm({ input: { samples } });
/** The books of a good replicate, with one entry in place of that of its law. */
const withBook = (book: Book) => {
  const { books } = aMeasurement();
  return { books: [...books.filter(({ law }) => law !== book.law), book] };
};

/** 175/s of a ceiling of 250/s, every gate met. */
function calm(change: Change = {}): GateInput {
  const cell = aCalmCell();
  const waits = { acceptQueue: 0.5, work: 4, process: 0.3 };
  return make(cell, aMeasurement(cell, waits, { completed: 175 }), change);
}

/** 325/s of a ceiling of 250/s, every gate met. */
function overloaded(change: Change = {}): GateInput {
  const cell = aCell();
  return make(cell, aMeasurement(cell), change);
}

const failed = (input: GateInput) => checkGates(input).map((reason) => reason.gate);

function assertOnly(input: GateInput, gate: string, words: RegExp) {
  assert.deepEqual(failed(input), [gate]);
  assert.match(checkGates(input)[0]?.reason ?? '', words);
}

const acceptQueue = (change: object) => {
  const { acceptQueue } = aMeasurement();
  assert.ok(acceptQueue !== null);
  return { acceptQueue: { ...acceptQueue, ...change } };
};

describe('checkGates', () => {
  it('passes a good replicate, below the ceiling and above it', () => {
    assert.deepEqual(failed(calm()), []);
    assert.deepEqual(failed(overloaded()), []);
    assert.equal(gates.length, 18);
  });

  it('responses: none is wrong or missing', () => {
    assertOnly(calm({ load: { completed: 1747, wrong: 3 } }), 'responses', /wrong = 3, errored = 0/);
    assertOnly(calm({ load: { completed: 1749, errored: 1 } }), 'responses', /wrong = 0, errored = 1/);
  });

  it('requests-add-up: each that started ended, one way', () => {
    assertOnly(calm({ load: { completed: 1749 } }), 'requests-add-up', /= 1749, started = 1750/);
  });

  it('arrivals: as many as were planned', () => {
    const few = { started: 1700, completed: 1700 };
    assertOnly(calm({ load: few }), 'arrivals', /= 1750, within 17\.5; got started \+ dropped = 1700/);
    assert.deepEqual(failed(calm({ load: { started: 1734, completed: 1734 } })), []);
  });

  it('arrivals: two of few are within', () => {
    const cell = aCalmCell({ load: { ...aCalmCell().load, ratePerSecond: 10, durationSeconds: 3 } });
    const cpu = { ...aMeasurement().cpu, loadSecondsInWindow: 0.5 };
    const measurement = aMeasurement(cell, { acceptQueue: 0, work: 4, process: 0 }, { completed: 10, cpu });
    assert.deepEqual(failed(make(cell, measurement, { load: { started: 28, completed: 28 } })), []);
    const three = make(cell, measurement, { load: { started: 27, completed: 27 } });
    assert.deepEqual(failed(three), ['arrivals']);
  });

  it('dropped: only above the ceiling', () => {
    const dropped = { started: 1740, completed: 1740, dropped: 10 };
    assertOnly(calm({ load: dropped }), 'dropped', /got dropped = 10/);
    assert.deepEqual(failed(overloaded({ load: { started: 3000, completed: 3000, dropped: 250 } })), []);
  });

  it('dropped: a rate above the ceiling that the server measured is overload, whatever the plan assumed', () => {
    const dropped = { started: 1740, completed: 1740, dropped: 10 };
    const slow = { ceilingPerSecond: 172 };
    assert.deepEqual(failed(calm({ load: dropped, measurement: slow })), []);
  });

  it('virtual-users: an idle server did not make the generator drop', () => {
    const rates = { offeredPerSecond: 325, acceptedPerSecond: 150, completedPerSecond: 150 };
    const input = overloaded({
      load: { started: 3000, completed: 3000, dropped: 250 },
      measurement: { rates },
    });
    assertOnly(input, 'virtual-users', /dropped = 250, completed per second = 150/);
  });

  it('scheduling-lag: the generator kept time, in overload too', () => {
    const schedulingLag = { n: 10, mean: 5, min: 0, p50: 4, p90: 9, p99: 20.1, max: 40 };
    assertOnly(calm({ load: { schedulingLag } }), 'scheduling-lag', /≤ 20 ms\); got p99 in ms = 20\.1/);
    assertOnly(overloaded({ load: { schedulingLag } }), 'scheduling-lag', /20\.1/);
  });

  it('stationary: the thirds agree, unless it is overload', () => {
    const completedByThird: [number, number, number] = [620, 585, 540];
    assertOnly(calm({ load: { completedByThird } }), 'stationary', /got completed by third = 620, 585, 540/);
    assert.deepEqual(failed(overloaded({ load: { completedByThird } })), []);
  });

  it('stationary: one sigma of a few is within', () => {
    assert.deepEqual(failed(calm({ load: { completedByThird: [33, 36, 30] } })), []);
    assert.deepEqual(failed(calm({ load: { completedByThird: [33, 44, 22] } })), ['stationary']);
  });

  it('ceiling: nothing completes faster than the work allows', () => {
    const rates = { offeredPerSecond: 325, acceptedPerSecond: 270, completedPerSecond: 263 };
    assertOnly(overloaded({ measurement: { rates } }), 'ceiling', /≤ 250\/s \+ 5 %\); got .* = 263/);
    const within = { ...rates, completedPerSecond: 262 };
    assert.deepEqual(failed(overloaded({ measurement: { rates: within } })), []);
  });

  it('connections: exactly those of k6 with isolation, about those without', () => {
    const other = withBook(aBook('connections-opened', 1751, 1750));
    assertOnly(calm({ measurement: other }), 'connections', /1750, exactly; got accepted = 1751/);
    const about = (opened: number) =>
      calm({ measurement: withBook(aBook('connections-opened', opened, 1750, 87.5)) });
    assert.deepEqual(failed(about(1800)), []);
    assertOnly(about(1900), 'connections', /within 87\.5; got accepted = 1900/);
  });

  it('books: every law without a gate of its own holds', () => {
    const unequal = withBook(aBook('requests-started', 1749, 1750));
    assertOnly(
      calm({ measurement: unequal }),
      'books',
      /requests-started: .*: 1749 and 1750 of a test, residual = -1/,
    );
    assert.deepEqual(failed(calm({ measurement: withBook(aBook('little-handler', 9, 10, 1)) })), []);
  });

  it('samples: hardly one is missing', () => {
    const many = acceptQueue({ samples: 950, missedSamples: 50 });
    assertOnly(calm({ measurement: many }), 'samples', /< 5 %; got missing = 50, taken = 950/);
    assert.deepEqual(failed(calm({ measurement: acceptQueue({ samples: 951, missedSamples: 49 }) })), []);
    assert.deepEqual(failed(calm({ measurement: { acceptQueue: null } })), []);
  });

  it('samples: what a paused probe did to the sums is not told beside it', () => {
    const measurement = {
      ...acceptQueue({ samples: 100, missedSamples: 50 }),
      ...withBook(aBook('stages', 9, 30, 1)),
    };
    assert.deepEqual(failed(calm({ measurement })), ['samples']);
  });

  it('stages-add-up: the stages are the response time, or nearly', () => {
    const off = withBook(aBook('stages', 888, 940, 44.4));
    assertOnly(overloaded({ measurement: off }), 'stages-add-up', /within 44\.4 ms of 888 ms; got .* 940/);
    assert.deepEqual(failed(overloaded({ measurement: withBook(aBook('stages', 888, 930, 44.4)) })), []);
  });

  it('stages-add-up: where the process is the rest, it may be a little below zero', () => {
    const rest = (meanMs: number) => ({
      stages: [{ stage: 'process' as const, meanMs, source: 'rest', isRest: true }],
      books: [],
    });
    assertOnly(
      overloaded({ measurement: rest(-60) }),
      'stages-add-up',
      /within 44\.4 ms of 888 ms; got .* 948/,
    );
    assert.deepEqual(failed(overloaded({ measurement: rest(-40) })), []);
  });

  it('generator-cpu: the generator has cores to spare, in overload too', () => {
    const busy = (loadSecondsInWindow: number, loadCores: number) => ({
      cpu: { ...aMeasurement().cpu, loadSecondsInWindow, loadCores },
    });
    assertOnly(
      overloaded({ measurement: busy(9.5, 1) }),
      'generator-cpu',
      /90 % of the 1 core.*got cores = 0\.95/,
    );
    assert.deepEqual(failed(overloaded({ measurement: busy(9.5, 2) })), []);
  });

  it('service-time: the work costs the same from start to end, in overload too', () => {
    const doubled = { serviceTimeByThirdMs: [4, 6, 8] as [number, number, number] };
    assertOnly(
      overloaded({ measurement: doubled }),
      'service-time',
      /most ≤ 1\.4 × least, or 0\.25 ms more\); got .* = 4, 6, 8/,
    );
    assertOnly(calm({ measurement: doubled }), 'service-time', /4, 6, 8/);
    const sharing = { serviceTimeByThirdMs: [4, 4.8, 4.4] as [number, number, number] };
    const none = { serviceTimeByThirdMs: [0.001, 0.2, 0.002] as [number, number, number] };
    assert.deepEqual(failed(calm({ measurement: none })), []);
    assert.deepEqual(failed(calm({ measurement: sharing })), []);
    assert.deepEqual(failed(calm({ measurement: { serviceTimeByThirdMs: null } })), []);
  });

  it('restart: a counter that goes back, and a listening socket that is another', () => {
    const total = 'acceptbench_requests_started_total';
    const back = seen(serverSample(0, { [total]: 700 }), serverSample(50, { [total]: 3 }));
    assertOnly(back, 'restart', /got acceptbench_requests_started_total = 3 after 700/);
    const gauge = 'acceptbench_offload_queue_length';
    assert.deepEqual(failed(seen(serverSample(0, { [gauge]: 7 }), serverSample(50, { [gauge]: 3 }))), []);
    assertOnly(seen(kernelSample(0), kernelSample(20, [2])), 'restart', /got listening sockets = 2 after 1/);
    assertOnly(
      seen(kernelSample(0), kernelSample(20, [])),
      'restart',
      /got listening sockets = none after 1/,
    );
    assert.deepEqual(failed(seen(kernelSample(-20, []), kernelSample(0), kernelSample(20))), []);
  });

  it('restart: the laws that it breaks are not told beside it', () => {
    const samples = [serverSample(0, { a_total: 700 }), serverSample(50, { a_total: 3 })];
    const measurement = withBook(aBook('requests-started', 3, 1750));
    assert.deepEqual(failed(calm({ measurement, input: { samples } })), ['restart']);
  });

  it('topology: as many listening sockets as the cell has loops, and their backlog', () => {
    assertOnly(seen(kernelSample(0, [1, 2])), 'topology', /inline has 1 listening socket\(s\); got .* = 2/);
    const reuseport = aCalmCell({ topology: 'reuseport', workers: 4, listeners: 4 });
    const measurement = aMeasurement(
      reuseport,
      { acceptQueue: 0.5, work: 4, process: 0.3 },
      { completed: 175 },
    );
    // A server says the sum over its listeners, each of which has 512 here.
    const server = { ...aServer(reuseport), effectiveBacklog: 2048 };
    const with_ = (...inodes: number[]) =>
      make(reuseport, measurement, { input: { server, samples: [kernelSample(0, inodes)] } });
    assertOnly(with_(1), 'topology', /reuseport has 4 listening/);
    assert.deepEqual(failed(with_(1, 2, 3, 4)), []);
    const less = make(reuseport, measurement, {
      input: { server: { ...server, effectiveBacklog: 400 }, samples: [kernelSample(0, [1, 2, 3, 4])] },
    });
    assertOnly(less, 'topology', /each listener's backlog is 100; got .* = 512/);
    const asked = { ...aCalmCell(), backlog: 16 };
    const input = make(asked, calm().measurement, { input: { samples: [kernelSample(0)] } });
    assertOnly(input, 'topology', /each listener's backlog is 16; got .* = 512/);
  });

  it('suspended: no gap of seconds, and the two clocks go together', () => {
    assertOnly(seen(kernelSample(0), kernelSample(31_000)), 'suspended', /got ms between two = 31000/);
    assertOnly(seen(cpuSample(0, 5), cpuSample(500, 60_005)), 'suspended', /parted by, in ms = 60000/);
    assert.deepEqual(failed(seen(cpuSample(0, 3000), cpuSample(500, 3001))), []);
    assert.deepEqual(failed(seen(kernelSample(0), kernelSample(1200))), []);
  });

  it('suspended: what a machine that stood still did to the rest is not told beside it', () => {
    const schedulingLag = { n: 10, mean: 5, min: 0, p50: 4, p90: 9, p99: 30_000, max: 30_000 };
    const input = calm({
      load: { schedulingLag },
      measurement: acceptQueue({ samples: 100, missedSamples: 1500 }),
      input: { samples: [kernelSample(0), kernelSample(31_000)] },
    });
    assert.deepEqual(failed(input), ['suspended']);
  });

  it('steal: the hypervisor leaves the cores to this machine', () => {
    const stolen = (stealSeconds: number | null) => ({ cpu: { ...aMeasurement().cpu, stealSeconds } });
    assertOnly(
      calm({ measurement: stolen(1.5) }),
      'steal',
      /at most 10 % of a core; got share in percent = 11\.19/,
    );
    assert.deepEqual(failed(calm({ measurement: stolen(null) })), []);
  });
});
