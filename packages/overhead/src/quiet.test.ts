import assert from 'node:assert/strict';
import { test } from 'node:test';
import { busyShare } from './quiet.ts';

const core = (user: number, idle: number, sys = 0) => ({
  model: 'x',
  speed: 0,
  times: { user, nice: 0, sys, idle, irq: 0 },
});

test('the busy share is over all cores, of the time between the readings', () => {
  assert.equal(busyShare([core(100, 100), core(5, 7)], [core(150, 150), core(5, 107)]), 0.25);
  assert.equal(busyShare([core(0, 0)], [core(0, 0, 10)]), 1);
  assert.equal(busyShare([core(1, 1)], [core(1, 1)]), 0);
});
