import assert from 'node:assert/strict';
import { it } from 'node:test';
import type { Totals } from '@acceptbench/metrics/snapshot';
import type { Mechanism } from './mechanism.ts';
import type { Options } from './options.ts';
import type { Platform } from './platform.ts';
import { stopInOrder } from './stop.ts';

const options = { shutdownGraceMs: 30_000 } as Options;

/** A server whose drain never ends by itself, and whose clock the test turns: each turn is one look. */
function stopping(totals: () => Partial<Totals>) {
  const timers: { ms: number; callback: () => void }[] = [];
  let signal = () => {};
  const said: string[] = [];
  const platform = {
    after: (ms: number, callback: () => void) => void timers.push({ ms, callback }),
    owner: () => null,
    onSignal: (handler: () => void) => {
      signal = handler;
    },
  } as unknown as Platform;
  const mechanism = {
    drain: () => new Promise<void>(() => {}),
    dropConnections: () => void said.push('dropped'),
    totals,
  } as unknown as Mechanism;
  stopInOrder(platform, options, mechanism, (complete) => said.push(complete ? 'complete' : 'cut short'));
  signal();
  const run = (ms: number) => {
    const at = timers.findIndex((timer) => timer.ms === ms);
    assert.notEqual(at, -1, `something is due after ${ms} ms`);
    timers.splice(at, 1)[0]?.callback();
  };
  return {
    said,
    look: () => run(100),
    endOfGrace: () => run(options.shutdownGraceMs),
    signal: () => signal(),
  };
}

it('connections that ask for nothing are dropped at the second quiet look', () => {
  const { said, look } = stopping(() => ({ started: 7, completed: 6, aborted: 1 }));
  look();
  assert.deepEqual(said, []);
  look();
  assert.deepEqual(said, ['dropped']);
});

it('a request in flight keeps them, and so does a loop that computes, which has none in flight whenever it looks', () => {
  let started = 7;
  let completed = 6;
  const { said, look } = stopping(() => ({ started, completed, aborted: 0 }));
  for (let turn = 0; turn < 5; turn += 1) look();
  for (let turn = 0; turn < 5; turn += 1) {
    started += 25;
    completed = started;
    look();
  }
  assert.deepEqual(said, [], 'connections that were accepted and not read are left');
  look();
  look();
  assert.deepEqual(said, ['dropped']);
});

it('the end of the grace time, and a second signal, cut it short, once', () => {
  const { said, endOfGrace, signal } = stopping(() => ({ started: 1, completed: 0, aborted: 0 }));
  signal();
  assert.deepEqual(said, ['cut short']);
  endOfGrace();
  assert.deepEqual(said, ['cut short']);
});
