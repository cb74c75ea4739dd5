import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import type { Replicate } from '@acceptbench/results/replicate';
import type { Phase } from '../src/replicate/messages.ts';
import { live } from './live.ts';
import { descendantsOf } from './processes.ts';

/** Gates that a machine fails by itself when others use it as well; that faults fail none of them, stored data prove (report). */
const noise = ['scheduling-lag', 'samples', 'steal', 'stationary'];

/** A replicate that the machine spoilt is run again, as the runner does it: its own causes explain others away. */
const attempts = 3;

/** It is caught by its gate, and by no other. */
async function assertCaughtBy(gate: string, run: () => Promise<Replicate>): Promise<void> {
  let replicate = await run();
  for (let attempt = 1; attempt < attempts && isSpoilt(gate, replicate); attempt += 1)
    replicate = await run();
  assert.equal(replicate.outcome, 'invalid', JSON.stringify(replicate));
  if (replicate.outcome !== 'invalid') return;
  const gates = replicate.reasons
    .map((reason) => reason.gate)
    .filter((each) => each === gate || !noise.includes(each));
  assert.deepEqual(gates, [gate], JSON.stringify(replicate.reasons));
}

function isSpoilt(gate: string, replicate: Replicate): boolean {
  if (replicate.outcome !== 'invalid') return false;
  return replicate.reasons.some((reason) => reason.gate !== gate && noise.includes(reason.gate));
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
      assert.ok(pid !== undefined);
      while (measuring && signal(pid, 'SIGSTOP')) {
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
  const replicate = await live(context, 'node', { work: { kind: 'wasm', iterations: 1_000_000 } });
  assert.notEqual(replicate.outcome, 'failed', JSON.stringify(replicate));
  const reasons = replicate.outcome === 'invalid' ? replicate.reasons : [];
  const mine = reasons.filter(({ gate }) => ![...noise, 'service-time', 'stages-add-up'].includes(gate));
  assert.deepEqual(mine, []);
});

test('k6 without enough CPU is caught by its lag', async (context) => {
  const starve = pulses(context, /^\S*k6 run /, 150, 250);
  await assertCaughtBy('scheduling-lag', () => live(context, 'node', {}, starve));
});

test('a paused probe is caught by its missing samples', async (context) => {
  const pause = pulses(context, /replicate.main\.ts/, 1000, 10_000);
  await assertCaughtBy('samples', () => live(context, 'node', {}, pause));
});

test('one wrong answer in a hundred is caught by the responses', async (context) => {
  await assertCaughtBy('responses', () => live(context, 'wrong-at-times'));
});

test('a server that is another process half-way is caught by its listening socket', async (context) => {
  await assertCaughtBy('restart', () => live(context, 'restarts'));
});

test('work that takes twice as long half-way is caught by its service time', async (context) => {
  await assertCaughtBy('service-time', () => live(context, 'slows-down'));
});

test('a topology that is not in force is caught by the listeners that the kernel shows', async (context) => {
  const change = { topology: 'reuseport', workers: 2, listeners: 2 } as const;
  await assertCaughtBy('topology', () => live(context, 'fewer-listeners', change));
});
