import assert from 'node:assert/strict';
import { test } from 'node:test';
import { runTicks } from './ticks.ts';

/** A clock that stands still but for what a tick takes and how long is waited; it stops after `last` waits. */
function run(takesMs: readonly number[], oversleepMs: readonly number[] = []) {
  let ms = 1000;
  let waits = 0;
  const ran: [tick: number, atMs: number][] = [];
  const ticks = runTicks(
    20,
    () => ms,
    (delayMs) => {
      ms += delayMs + (oversleepMs[waits] ?? 0);
      waits += 1;
      return waits < takesMs.length;
    },
    (tick) => {
      ran.push([tick, ms]);
      ms += takesMs[ran.length - 1] ?? 0;
    },
  );
  return { ran, ticks };
}

test('ticks come at once and then at start + k × period, however long each takes', () => {
  const { ran, ticks } = run([1, 7, 19, 0]);
  assert.deepEqual(ran, [
    [0, 1000],
    [1, 1020],
    [2, 1040],
    [3, 1060],
  ]);
  assert.deepEqual(ticks, { late: 0, missed: 0 });
});

test('ticks that a busy thread missed are counted and not caught up', () => {
  // Tick 1 takes 105 ms: those of 40, 60, 80, 100 and 120 ms are missed, and tick 7 is next.
  const { ran, ticks } = run([0, 105, 0]);
  assert.deepEqual(ran, [
    [0, 1000],
    [1, 1020],
    [7, 1140],
  ]);
  assert.deepEqual(ticks, { late: 0, missed: 5 });
});

test('a tick more than half a period after it was due is late, and does not move the next', () => {
  const { ran, ticks } = run([0, 0, 0], [11]);
  assert.deepEqual(ran, [
    [0, 1000],
    [1, 1031],
    [2, 1040],
  ]);
  assert.deepEqual(ticks, { late: 1, missed: 0 });
});
