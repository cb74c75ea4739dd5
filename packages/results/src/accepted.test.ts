import assert from 'node:assert/strict';
import { test } from 'node:test';
import { acceptedSoFar } from './accepted.ts';
import type { KernelSample } from './sample.ts';

function sample(passiveOpens: number | null, queues: number[]): KernelSample {
  return {
    kind: 'kernel',
    atMs: 0,
    listeners: queues.map((queue, inode) => ({ address: '127.0.0.1:8080', inode, queue })),
    counters: {
      passiveOpens,
      listenOverflows: 0,
      listenDrops: 0,
      synRetrans: 0,
      reqQFullDrop: 0,
      reqQFullDoCookies: 0,
      deferAcceptDrop: 0,
    },
  };
}

test('accepted is what arrived less what stayed, over all listeners', () => {
  assert.equal(acceptedSoFar(sample(100, [3, 4])), 93);
  assert.equal(acceptedSoFar(sample(150, [10, 2])), 138);
});

test('a queue that drains without arrivals is accepted', () => {
  assert.equal(acceptedSoFar(sample(100, [7])), 93);
  assert.equal(acceptedSoFar(sample(100, [0])), 100);
});

test('accepted is null where the kernel has no PassiveOpens', () => {
  assert.equal(acceptedSoFar(sample(null, [0])), null);
});
