import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { planNextTick } from './schedule.ts';

const schedule = { startMs: 1000, periodMs: 20 };

test('a tick on time is followed by the next, and lateness does not move it', () => {
  const onTime = planNextTick(schedule, { tick: 3, ranAtMs: 1060, nowMs: 1061 });
  assert.deepEqual(onTime, { tick: 4, delayMs: 19, late: false, missed: 0 });
  const late = planNextTick(schedule, { tick: 3, ranAtMs: 1071, nowMs: 1072 });
  assert.deepEqual(late, { tick: 4, delayMs: 8, late: true, missed: 0 });
});

test('ticks that came due meanwhile are missed, not caught up', () => {
  const stalled = planNextTick(schedule, { tick: 3, ranAtMs: 1060, nowMs: 1165 });
  assert.deepEqual(stalled, { tick: 9, delayMs: 15, late: false, missed: 5 });
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
        run += 1;
        missed += next.missed;
        tick = next.tick;
        nowMs += ms + next.delayMs;
        assert.ok(Math.abs(nowMs - (schedule.startMs + tick * schedule.periodMs)) < 1e-6);
      }
      assert.equal(run + missed, tick);
    }),
  );
});
