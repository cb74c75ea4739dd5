import { setTimeout as delay, setImmediate as turn } from 'node:timers/promises';
import type { TracedLoad } from '@acceptbench/results/load';
import { isRecovered, isRight, toBurstLoad } from './burstLoad.ts';
import { type Clock, type Exchange, exchangeWith } from './exchange.ts';
import type { BurstTask } from './messages.ts';

/**
 * Connections opened in one turn of the event loop, some 3 ms: between two turns it notices who has connected, and sends their
 * requests. Opened all in one turn, the first would wait for the last before it could ask.
 */
const connectsPerTurn = 32;

/** Between a normal request's end and the next one's start after the burst, ms: not a load of its own. */
const pauseMs = 10;

/** How long normal requests go on at most after the last response of the burst, in ms. */
const recoveryMs = 5_000;

/**
 * One burst: normal requests one at a time, nothing for a while, then all connections at one instant, and normal requests
 * again, one at a time, until for the first time they take no longer than before.
 */
export async function runBurst(task: BurstTask, now: Clock): Promise<TracedLoad> {
  const exchange = exchangeWith({ ...task, now });
  const warmup = await oneAtATime(exchange, task, now);
  // The first half is for the engines, client and server, to compile what runs often.
  const before = warmup.slice(Math.floor(warmup.length / 2));
  await delay(task.gapSeconds * 1000);

  const windowStartMs = now();
  const pending: Promise<Exchange>[] = [];
  for (let opened = 0; opened < task.connections; ) {
    const next = Math.min(task.connections, opened + connectsPerTurn);
    for (; opened < next; opened += 1) pending.push(exchange(windowStartMs));
    await turn();
  }
  let drainedMs: number | null = null;
  const drained = Promise.all(pending).then((burst) => {
    drainedMs = now();
    return burst;
  });
  const normal: Exchange[] = [];
  // Without a normal request before there is nothing to recover to.
  const patienceMs = before.some(isRight) ? Math.min(recoveryMs, task.timeoutSeconds * 1000) : 0;
  const goesOn = () => !isRecovered(normal, before) && (drainedMs === null || now() - drainedMs < patienceMs);
  do {
    normal.push(await exchange(now()));
    await delay(pauseMs);
  } while (goesOn());
  const burst = await drained;
  await delay(windowStartMs + task.durationSeconds * 1000 - now());
  return toBurstLoad({ windowStartMs, durationMs: task.durationSeconds * 1000, before, burst, normal });
}

/** Requests at a rate, each after the one before has ended. */
async function oneAtATime(
  exchange: (intendedMs: number) => Promise<Exchange>,
  { warmupSeconds, warmupRatePerSecond }: BurstTask,
  now: Clock,
): Promise<Exchange[]> {
  const startMs = now();
  const done: Exchange[] = [];
  for (;;) {
    const dueMs = startMs + (done.length * 1000) / warmupRatePerSecond;
    if (Math.max(dueMs, now()) >= startMs + warmupSeconds * 1000) return done;
    if (dueMs > now()) await delay(dueMs - now());
    done.push(await exchange(now()));
  }
}
