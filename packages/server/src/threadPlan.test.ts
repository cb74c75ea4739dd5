import assert from 'node:assert/strict';
import { test } from 'node:test';
import { apis, type Options, resolveOptions, topologies } from './options.ts';
import type { Sharing } from './platform.ts';
import { planThreads } from './threadPlan.ts';

function plan(
  env: Record<string, string>,
  member: number | null = null,
  preforkSharing: Sharing = 'sharded',
) {
  const options = resolveOptions(env, [], { apis, topologies });
  return planThreads(options as Options, member, preforkSharing);
}

const names = (env: Record<string, string>, member: number | null = null) =>
  plan(env, member).threads.map(({ name }) => name);

test('each thread that records has a slot under its own name', () => {
  assert.deepEqual(names({}), ['accept-0']);
  assert.deepEqual(names({ TOPOLOGY: 'offload', WORKERS: '2' }), ['accept-0', 'worker-0', 'worker-1']);
  assert.deepEqual(names({ TOPOLOGY: 'reuseport', WORKERS: '3' }), ['accept-0', 'accept-1', 'accept-2']);
  assert.deepEqual(names({ TOPOLOGY: 'reuseport-offload', LISTENERS: '2', WORKERS: '1' }), [
    'accept-0',
    'accept-1',
    'queue',
    'worker-0',
  ]);
});

test('the process that starts the others records nothing; each of the others has a name of its own', () => {
  const env = { TOPOLOGY: 'prefork', WORKERS: '2' };
  assert.deepEqual(names(env), []);
  assert.deepEqual(names(env, 0), ['accept-0']);
  assert.deepEqual(names(env, 1), ['accept-1']);
});

test('the process that accepts for the others of prefork records that, and they record the rest', () => {
  const env = { TOPOLOGY: 'prefork', WORKERS: '2' };
  const threads = (member: number | null) => plan(env, member, 'round-robin').threads;
  assert.deepEqual(threads(null), [{ name: 'primary', writes: ['accept'] }]);
  assert.deepEqual(threads(1), [{ name: 'accept-1', writes: ['serve', 'compute'] }]);
});

test('the slots of the queue and of the workers are those of their threads', () => {
  for (const topology of ['offload', 'reuseport-offload']) {
    const { threads, queueSlot, workerSlot } = plan({ TOPOLOGY: topology, WORKERS: '3' });
    assert.ok(threads[queueSlot]?.writes.includes('queue'));
    assert.deepEqual(
      threads.slice(workerSlot).map(({ name }) => name),
      ['worker-0', 'worker-1', 'worker-2'],
    );
  }
});

test('every request is recorded by one kind of thread: who accepts, and who computes', () => {
  for (const topology of ['inline', 'offload', 'reuseport', 'reuseport-offload']) {
    const { threads } = plan({ TOPOLOGY: topology, ...(topology === 'inline' ? {} : { WORKERS: '2' }) });
    assert.ok(threads.some(({ writes }) => writes.includes('accept') && writes.includes('serve')));
    assert.ok(threads.some(({ writes }) => writes.includes('compute')));
  }
});
