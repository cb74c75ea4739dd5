import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { dueMs, planNextTick } from './schedule.ts';

const schedule = { startMs: 1000, periodMs: 20 };
const due = (tick: number) => schedule.startMs + dueMs(tick, schedule.periodMs);
const near = (actual: number, expected: number) => assert.ok(Math.abs(actual - expected) < 1e-6, `${actual}`);

test('each tick is due early in its own period, the first at once, and some time lies between two', () => {
  assert.equal(dueMs(0, 20), 0);
  for (let tick = 0; tick < 10_000; tick++) {
    const within = dueMs(tick, 20) - tick * 20;
    assert.ok(within >= 0 && within < 15);
    assert.ok(dueMs(tick + 1, 20) - dueMs(tick, 20) > 5);
  }
});

test('no constant rate is in step with the samples, nor with every second of them', () => {
  // Seven arrivals in 40 ms, three and a half in 20, and whatever else.
  fc.assert(
    fc.property(
      fc.oneof(
        fc.constantFrom(175, 325, 100, 125, 250, 1000),
        fc.double({ min: 60, max: 2000, noNaN: true }),
      ),
      fc.double({ min: 0, max: 1, noNaN: true }),
      fc.constantFrom(1, 2),
      (perSecond, phase, every) => {
        let sum = 0;
        let n = 0;
        for (let tick = 0; tick < 120; tick += every) {
          const arrivals = (dueMs(tick, 20) / 1000) * perSecond + phase;
          // What has come, less what would have come evenly: half of one on average.
          sum += Math.floor(arrivals) - arrivals + 0.5;
          n += 1;
        }
        assert.ok(Math.abs(sum / n) < 0.2, `${sum / n} of an arrival`);
      },
    ),
    { numRuns: 500 },
  );
});

test('a tick on time is followed by the next, and lateness does not move it', () => {
  const onTime = planNextTick(schedule, { tick: 3, ranAtMs: due(3), nowMs: due(3) + 1 });
  assert.deepEqual([onTime.tick, onTime.late, onTime.missed], [4, false, 0]);
  near(onTime.delayMs, due(4) - due(3) - 1);
  const late = planNextTick(schedule, { tick: 3, ranAtMs: due(3) + 11, nowMs: due(3) + 12 });
  assert.deepEqual([late.tick, late.late, late.missed], [4, true, 0]);
  near(late.delayMs, due(4) - due(3) - 12);
});

test('ticks that came due meanwhile are missed, not caught up', () => {
  const stalled = planNextTick(schedule, { tick: 3, ranAtMs: due(3), nowMs: due(8) + 1 });
  assert.deepEqual([stalled.tick, stalled.late, stalled.missed], [9, false, 5]);
  near(stalled.delayMs, due(9) - due(8) - 1);
});

test('each tick is run or missed, and none is early', () => {
  const stalls = fc.array(fc.double({ min: 0, max: 200, noNaN: true }), { minLength: 1, maxLength: 50 });
  fc.assert(
    fc.property(stalls, (busyMs) => {
      let tick = 0;
      let nowMs = schedule.startMs;
      let run = 0;
      let missed = 0;
      for (const ms of busyMs) {
        const next = planNextTick(schedule, { tick, ranAtMs: nowMs, nowMs: nowMs + ms });
        assert.ok(next.delayMs >= 0);
        run += 1;
        missed += next.missed;
        tick = next.tick;
        nowMs += ms + next.delayMs;
        near(nowMs, due(tick));
      }
      assert.equal(run + missed, tick);
    }),
  );
});
