import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Replicate } from '@acceptbench/results/replicate';
import { aCell, aFailed, aMeasurement, anInvalid, aValid } from '../testing/builders.ts';
import { basesOf, judge, toSearches } from './search.ts';

const objective = { p99Ms: 50 };
const calm = (p99: number, change: Partial<ReturnType<typeof aMeasurement>> = {}) => {
  // All that arrives is answered within the window.
  const measured = aMeasurement(aCell(), { acceptQueue: 1, process: 0 }, { completed: 325 });
  return { ...measured, responseTimeMs: { ...measured.responseTimeMs, p99 }, ...change };
};
const { requests, acceptQueue } = calm(1);
assert.ok(acceptQueue !== null);

describe('judge', () => {
  const valid = (measurement: ReturnType<typeof calm>) => judge(aValid(aCell(), 1, measurement), objective);
  const invalid = (measurement: ReturnType<typeof calm>, ...gates: string[]) =>
    judge(
      anInvalid(
        aCell(),
        1,
        gates.map((gate) => ({ gate, reason: '' })),
        measurement,
      ),
      objective,
    );

  it('is met within the limit, when nothing failed, was dropped, was shed, or overflowed', () => {
    assert.equal(valid(calm(50)), 'met');
    assert.equal(valid(calm(50.1)), 'missed');
    assert.equal(valid(calm(9, { requests: { ...requests, failed: 1 } })), 'missed');
    assert.equal(valid(calm(9, { requests: { ...requests, dropped: 1 } })), 'missed');
    assert.equal(valid(calm(9, { requests: { ...requests, shed: 1 } })), 'missed');
    assert.equal(valid(calm(9, { acceptQueue: { ...acceptQueue, overflows: 1 } })), 'missed');
    assert.equal(
      valid(calm(9, { acceptQueue: null })),
      'met',
      'where the kernel does not say, the rest decides',
    );
  });

  it('is missed where a queue was growing, though the window was too short for p99 to tell', () => {
    const cell = aCell({ rate: 250 });
    const ending = (open: number) => {
      const measured = aMeasurement(cell, { acceptQueue: 17, process: 0 }, { completed: 250 - open / 10 });
      return judge(
        aValid(cell, 1, { ...measured, responseTimeMs: { ...measured.responseTimeMs, p99: 40 } }),
        objective,
      );
    };
    // A mean of 17.4 ms is 4.35 requests open at any moment; 12.5 is the slack of 2,500 arrivals.
    assert.deepEqual([0, 4, 16, 17, 40].map(ending), ['met', 'met', 'met', 'missed', 'missed']);
    const short = { ...cell, load: { ...cell.load, durationSeconds: 2.4 } };
    const measured = aMeasurement(short, { acceptQueue: 17, process: 0 }, { completed: 592 / 2.4 });
    assert.equal(judge(aValid(short, 1, measured), objective), 'missed', '8 of 600 are open');
    assert.equal(
      judge(anInvalid(short, 1, [{ gate: 'stationary', reason: '' }], measured), objective),
      'missed',
    );
  });

  it('does not know where the machine spoilt it, it failed, or a gate casts doubt on the figure', () => {
    assert.equal(invalid(calm(900), 'steal'), 'unknown');
    assert.equal(invalid(calm(900), 'generator-cpu'), 'unknown');
    assert.equal(invalid(calm(9), 'stationary'), 'unknown');
    assert.equal(judge(aFailed(aCell(), 1, 'k6 was killed'), objective), 'unknown');
  });

  it('is missed when overload is all that is wrong, or answers were', () => {
    assert.equal(invalid(calm(900), 'stationary', 'dropped'), 'missed');
    assert.equal(invalid(calm(9, { requests: { ...requests, failed: 3 } }), 'responses'), 'missed');
  });
});

describe('toSearches', () => {
  const base = aCell({ rate: 150, ofCeiling: 0.6 });
  const step = (rate: number) =>
    rate === 150 ? base : { ...base, id: `${base.id}-${rate}`, load: { ...base.load, ratePerSecond: rate } };
  const at = (rate: number, block: number, p99: number): Replicate => ({
    ...aValid(step(rate), block, calm(p99)),
    order: block,
  });
  const of = (replicates: Replicate[], objectives = [objective]) =>
    toSearches(
      {
        cells: [base, ...replicates.map(({ cell }) => cell)],
        experiment: { design: { kind: 'search', objectives, maxSteps: 14 } },
      },
      replicates,
    );

  /** Every replicate of a search whose server meets p99 ≤ 50 ms up to 240/s and p99 ≤ 20 ms up to 210/s. */
  function run(objectives = [objective]): Replicate[] {
    const replicates: Replicate[] = [];
    for (;;) {
      const open = of(replicates, objectives).find(({ move }) => move.state === 'step');
      if (open?.move.state !== 'step') return replicates;
      const rate = open.move.ratePerSecond;
      replicates.push(at(rate, replicates.length + 1, rate <= 210 ? 15 : rate <= 240 ? 45 : 2000));
    }
  }

  it('follows from what is stored: what is found is the capacity', () => {
    const replicates = run();
    const [search] = of(replicates);
    assert.ok(search?.move.state === 'found');
    assert.ok(
      Math.abs(search.move.capacityPerSecond / 240 - 1) < 0.03,
      String(search.move.capacityPerSecond),
    );
    assert.equal(search.move.n, replicates.length);
    assert.deepEqual(
      basesOf([base, ...replicates.map(({ cell }) => cell)]).map(({ id }) => id),
      [base.id],
    );
  });

  it('begins a second objective with the steps of the first', () => {
    const both = [objective, { p99Ms: 20 }];
    const replicates = run(both);
    const [first, second] = of(replicates, both);
    assert.ok(first?.move.state === 'found' && second?.move.state === 'found');
    assert.ok(
      Math.abs(second.move.capacityPerSecond / 210 - 1) < 0.03,
      String(second.move.capacityPerSecond),
    );
    assert.ok(replicates.length < first.move.n + second.move.n, 'some steps answer both');
  });

  it('asks again for a rate whose step could not be judged, and gives up when most can’t', () => {
    const failed = (block: number): Replicate => ({ ...aFailed(base, block, 'no'), order: block });
    const [search] = of([failed(1)]);
    assert.ok(search?.move.state === 'step' && search.move.ratePerSecond === 150);
    const [hopeless] = of(Array.from({ length: 14 }, (_, index) => failed(index + 1)));
    assert.deepEqual(hopeless?.move, { state: 'gave-up', why: '14 steps could not be judged' });
  });
});
