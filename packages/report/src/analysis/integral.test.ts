import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { integrate, type TimedValue, timeWeightedMean, valueAt } from './integral.ts';

type Visit = { arriveMs: number; leaveMs: number };

const visits = fc.array(
  fc
    .record({ arriveMs: fc.integer({ min: 0, max: 10_000 }), stayMs: fc.integer({ min: 1, max: 2_000 }) })
    .map(({ arriveMs, stayMs }): Visit => ({ arriveMs, leaveMs: arriveMs + stayMs })),
  { minLength: 1, maxLength: 60 },
);

/** How many are inside at a moment, by asking every visit. */
const occupancy = (all: readonly Visit[], atMs: number) =>
  all.filter((visit) => visit.arriveMs <= atMs && atMs < visit.leaveMs).length;

const sumOfWaits = (all: readonly Visit[]) =>
  all.reduce((sum, visit) => sum + (visit.leaveMs - visit.arriveMs), 0) / 1000;

/** Every step of the occupancy as two samples at one moment: before it and after it. */
function everyStep(all: readonly Visit[]): TimedValue[] {
  const moments = [...new Set(all.flatMap((visit) => [visit.arriveMs, visit.leaveMs]))].sort((a, b) => a - b);
  return moments.flatMap((atMs, i) => {
    const before = moments[i - 1];
    return [
      { atMs, value: before === undefined ? 0 : occupancy(all, before) },
      { atMs, value: occupancy(all, atMs) },
    ];
  });
}

describe('integrate', () => {
  it("is the sum of the waits, from empty to empty: Little's law", () => {
    fc.assert(
      fc.property(visits, (all) => {
        const integral = integrate(everyStep(all), -10, 20_000);
        assert.ok(integral !== null && Math.abs(integral - sumOfWaits(all)) < 1e-6);
      }),
    );
  });

  it('is off by no more than half a gap a step when it is sampled at any moments', () => {
    const gaps = fc.array(fc.integer({ min: 1, max: 80 }), { minLength: 400, maxLength: 400 });
    fc.assert(
      fc.property(visits, gaps, (all, steps) => {
        const samples: TimedValue[] = [{ atMs: -1, value: 0 }];
        let atMs = 0;
        for (const step of steps) {
          atMs += step;
          samples.push({ atMs, value: occupancy(all, atMs) });
        }
        samples.push({ atMs: 13_000, value: 0 });
        const covered = all.filter((visit) => visit.leaveMs <= atMs);
        fc.pre(covered.length === all.length);
        const integral = integrate(samples, -1, 13_000);
        const bound = (Math.max(...steps) / 1000) * all.length;
        assert.ok(integral !== null && Math.abs(integral - sumOfWaits(all)) <= bound + 1e-9);
      }),
    );
  });

  it('adds up over neighbouring spans', () => {
    fc.assert(
      fc.property(visits, fc.integer({ min: 0, max: 12_000 }), (all, middle) => {
        const samples = everyStep(all);
        const whole = integrate(samples, 0, 12_000) ?? Number.NaN;
        const parts =
          (integrate(samples, 0, middle) ?? Number.NaN) + (integrate(samples, middle, 12_000) ?? Number.NaN);
        assert.ok(Math.abs(whole - parts) < 1e-6);
      }),
    );
  });

  it('takes a ramp without the half-period bias of a held value', () => {
    const ramp = [0, 1000, 2000].map((atMs) => ({ atMs, value: atMs / 10 }));
    assert.equal(integrate(ramp, 0, 2000), 200);
    assert.equal(integrate(ramp, 500, 1500), 100);
  });

  it('holds the nearest value outside the samples, and is null without one', () => {
    assert.equal(integrate([{ atMs: 1000, value: 3 }], 0, 4000), 12);
    assert.equal(integrate([], 0, 1000), null);
  });
});

describe('timeWeightedMean', () => {
  it('weighs by time, not by the number of samples', () => {
    const samples = [0, 1, 2, 3, 4].map((atMs) => ({ atMs, value: 100 }));
    const mean = timeWeightedMean([...samples, { atMs: 4, value: 0 }, { atMs: 100, value: 0 }], 0, 100);
    assert.equal(mean, 4);
  });

  it('is null over no span', () => {
    assert.equal(timeWeightedMean([{ atMs: 0, value: 1 }], 5, 5), null);
  });
});

describe('valueAt', () => {
  it('interpolates between samples', () => {
    const samples = [
      { atMs: 0, value: 10 },
      { atMs: 100, value: 20 },
    ];
    assert.equal(valueAt(samples, 25), 12.5);
    assert.equal(valueAt(samples, -5), 10);
    assert.equal(valueAt(samples, 500), 20);
    assert.equal(valueAt([], 0), null);
  });
});
