import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { KernelSample } from '@acceptbench/results/sample';
import { acceptedBetween } from './accepted.ts';

function sample(passiveOpens: number | null, queues: number[]): KernelSample {
  return {
    kind: 'kernel',
    atMs: 0,
    listeners: queues.map((queue, inode) => ({ address: '127.0.0.1:8080', inode, queue })),
    counters: { passiveOpens, listenOverflows: 0, listenDrops: 0, synRetrans: 0 },
  };
}

test('accepted is what arrived less what stayed, over all listeners', () => {
  assert.equal(acceptedBetween(sample(100, [3, 4]), sample(150, [10, 2])), 45);
});

test('accepted counts a queue that drains without arrivals', () => {
  assert.equal(acceptedBetween(sample(100, [7]), sample(100, [0])), 7);
});

test('accepted is null where the kernel has no PassiveOpens', () => {
  assert.equal(acceptedBetween(sample(null, [0]), sample(1, [0])), null);
  assert.equal(acceptedBetween(sample(1, [0]), sample(null, [0])), null);
});
