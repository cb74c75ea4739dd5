import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { LoadResult } from '@acceptbench/results/load';
import type { Measurement } from '@acceptbench/results/replicate';
import { aCalmCell, aCell, aLoad, aMeasurement } from '../testing/builders.ts';
import { checkGates, type GateInput, gates } from './gates.ts';

type Change = {
  load?: Partial<LoadResult>;
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
    connectionsAccepted: load.connections,
    ...change.input,
  };
}

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
    assert.equal(gates.length, 11);
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
    const measurement = aMeasurement(cell, { acceptQueue: 0, work: 4, process: 0 }, { completed: 10 });
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
    assertOnly(calm({ input: { connectionsAccepted: 1751 } }), 'connections', /1750, exactly; got .* 1751/);
    const host = (connectionsAccepted: number) => calm({ input: { connectionsAccepted, isolation: 'none' } });
    assert.deepEqual(failed(host(1800)), []);
    assertOnly(host(1900), 'connections', /within 87\.5; got accepted = 1900/);
    assert.deepEqual(failed(calm({ input: { connectionsAccepted: null } })), []);
  });

  it('samples: hardly one is missing', () => {
    const many = acceptQueue({ samples: 950, missedSamples: 50 });
    assertOnly(calm({ measurement: many }), 'samples', /< 5 %; got missing = 50, taken = 950/);
    assert.deepEqual(failed(calm({ measurement: acceptQueue({ samples: 951, missedSamples: 49 }) })), []);
    assert.deepEqual(failed(calm({ measurement: { acceptQueue: null } })), []);
  });

  it('stages-add-up: the rest may be a little below zero, not much', () => {
    const stages = (meanMs: number) => ({ stages: [{ stage: 'process' as const, meanMs, source: 'rest' }] });
    assertOnly(
      overloaded({ measurement: stages(-60) }),
      'stages-add-up',
      /within 44\.4 ms of 888 ms; got .* 948/,
    );
    assert.deepEqual(failed(overloaded({ measurement: stages(-40) })), []);
  });
});
