import assert from 'node:assert/strict';
import { test } from 'node:test';
import { dueMs } from './schedule.ts';
import { runTicks } from './ticks.ts';

const startMs = 1000;
const due = (tick: number) => startMs + dueMs(tick, 20);

/** A clock that stands still but for what a tick takes and how long is waited; it stops after as many ticks. */
function run(takesMs: readonly number[], oversleepMs: readonly number[] = []) {
  let ms = startMs;
  const ran: [tick: number, lateMs: number][] = [];
  const ticks = runTicks(
    20,
    () => ms,
    (delayMs) => {
      ms += delayMs + (oversleepMs[ran.length - 1] ?? 0);
      return ran.length < takesMs.length;
    },
    (tick) => {
      ran.push([tick, Math.round(ms - due(tick))]);
      ms += takesMs[ran.length - 1] ?? 0;
    },
  );
  return { ran, ticks };
}

test('ticks come when they are due, however long each takes', () => {
  const { ran, ticks } = run([1, 4, 3, 0]);
  assert.deepEqual(ran, [
    [0, 0],
    [1, 0],
    [2, 0],
    [3, 0],
  ]);
  assert.deepEqual(ticks, { late: 0, missed: 0 });
});

test('ticks that a busy thread missed are counted and not caught up', () => {
  // Until just after the sixth was due: that and the four before it are missed.
  const { ran, ticks } = run([0, due(6) - due(1) + 1, 0]);
  assert.deepEqual(ran, [
    [0, 0],
    [1, 0],
    [7, 0],
  ]);
  assert.deepEqual(ticks, { late: 0, missed: 5 });
});

test('a tick more than half a period after it was due is late, and does not move the next', () => {
  const { ran, ticks } = run([0, 0, 0], [11]);
  assert.deepEqual(ran, [
    [0, 0],
    [1, 11],
    [2, 0],
  ]);
  assert.deepEqual(ticks, { late: 1, missed: 0 });
});
