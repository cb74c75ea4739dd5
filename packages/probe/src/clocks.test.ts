import assert from 'node:assert/strict';
import { test } from 'node:test';
import { clockDifference, systemClockMs } from './clocks.ts';

test('slow readings do not shift the difference', () => {
  let nowMs = 0;
  let reading = 0;
  // The first ones take 0.6 ms each, as when they are compiled; later ones next to nothing, but for one of a thread that was stopped,
  // and the very last one.
  const read = (offset: number) => () => {
    reading += 1;
    nowMs += reading < 6 || reading === 150 ? 0.6 : reading === 40 ? 30 : 0.0001;
    return nowMs + offset;
  };
  const difference = clockDifference(read(1000), read(0));
  assert.ok(Math.abs(difference - 1000) < 0.001, `${difference}`);
});

test('of a clock and itself it is nothing', () => {
  const difference = clockDifference(systemClockMs, systemClockMs);
  assert.ok(Math.abs(difference) < 1, `${difference}`);
});
