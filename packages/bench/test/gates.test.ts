import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import type { Replicate } from '@acceptbench/results/replicate';
import type { Phase } from '../src/replicate/messages.ts';
import { live } from './live.ts';
import { oneOf } from './oneOf.ts';
import { descendantsOf } from './processes.ts';

/** Gates that a machine fails by itself when others use it as well; that faults fail none of them, stored data prove (report). */
const noise = ['scheduling-lag', 'samples', 'steal', 'stationary'];

/** It is caught by its gate, and by no other. */
async function assertCaughtBy(
  context: TestContext,
  gate: string,
  run: () => Promise<Replicate>,
): Promise<void> {
  await oneOf(context, run, (replicate) => {
    assert.equal(replicate.outcome, 'invalid', JSON.stringify(replicate));
    if (replicate.outcome !== 'invalid') return;
    const gates = replicate.reasons
      .map((reason) => reason.gate)
      .filter((each) => each === gate || !noise.includes(each));
    assert.deepEqual(gates, [gate], JSON.stringify(replicate.reasons));
  });
}

/** Stops and lets go on, again and again, the descendant whose command is looked for, while a replicate is measured. */
function pulses(context: TestContext, command: RegExp, stoppedMs: number, runningMs: number) {
  let measuring = false;
  context.after(() => {
    measuring = false;
  });
  return (phase: Phase) => {
    measuring = phase === 'measure';
    if (!measuring) return;
    void (async () => {
      const found = descendantsOf(process.pid).filter((one) => command.test(one.command));
      const pid = found.at(-1)?.pid;
      // On a machine that stands still it may have ended before this is heard of.
      while (measuring && pid !== undefined && signal(pid, 'SIGSTOP')) {
        await delay(stoppedMs);
        signal(pid, 'SIGCONT');
        await delay(runningMs);
      }
    })();
  };
}

/** False when it has ended meanwhile. */
function signal(pid: number, name: 'SIGSTOP' | 'SIGCONT'): boolean {
  try {
    return process.kill(pid, name);
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ESRCH') return false;
    throw error;
  }
}

test('a server that does nothing wrong is caught by no gate but those that a busy machine fails', async (context) => {
  const work = { kind: 'wasm', iterations: 1_000_000 } as const;
  await oneOf(
    context,
    () => live(context, 'node', { work }),
    (replicate) => {
      assert.notEqual(replicate.outcome, 'failed', JSON.stringify(replicate));
      const reasons = replicate.outcome === 'invalid' ? replicate.reasons : [];
      const mine = reasons.filter(({ gate }) => ![...noise, 'service-time', 'stages-add-up'].includes(gate));
      assert.deepEqual(mine, []);
    },
  );
});

test('k6 without enough CPU is caught by its lag', async (context) => {
  const starve = pulses(context, /^\S*k6 run /, 150, 250);
  await assertCaughtBy(context, 'scheduling-lag', () => live(context, 'node', {}, starve));
});

test('a paused probe is caught by its missing samples', async (context) => {
  const pause = pulses(context, /replicate.main\.ts/, 1000, 10_000);
  await assertCaughtBy(context, 'samples', () => live(context, 'node', {}, pause));
});

test('one wrong answer in a hundred is caught by the responses', async (context) => {
  await assertCaughtBy(context, 'responses', () => live(context, 'wrong-at-times'));
});

test('a server that is another process half-way is caught by its listening socket', async (context) => {
  await assertCaughtBy(context, 'restart', () => live(context, 'restarts'));
});

test('work that takes twice as long half-way is caught by its service time', async (context) => {
  await assertCaughtBy(context, 'service-time', () => live(context, 'slows-down'));
});

test('a topology that is not in force is caught by the listeners that the kernel shows', async (context) => {
  const change = { topology: 'reuseport', workers: 2, listeners: 2 } as const;
  await assertCaughtBy(context, 'topology', () => live(context, 'fewer-listeners', change));
});
