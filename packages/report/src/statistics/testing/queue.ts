import type { WindowEnd } from '../sustained.ts';
import type { Random } from './random.ts';

export type QueueInput = {
  readonly ratePerSecond: number;
  readonly windowSeconds: number;
  readonly arrivals: 'constant' | 'poisson';
  readonly serviceMs: number;
};

export type SimulatedWindow = WindowEnd & { readonly p99Ms: number };

/** A window's arrivals at one server, first come first served (Lindley's recursion), from empty. */
export function simulateWindow(input: QueueInput, random: Random): SimulatedWindow {
  const { ratePerSecond, windowSeconds } = input;
  const n = Math.round(ratePerSecond * windowSeconds);
  const gapMs = 1000 / ratePerSecond;
  const responses = new Float64Array(n);
  let [wait, atMs, sum, openAtEnd] = [0, 0, 0, 0];
  for (let index = 0; index < n; index += 1) {
    const response = wait + input.serviceMs;
    responses[index] = response;
    sum += response;
    if (atMs + response > windowSeconds * 1000) openAtEnd += 1;
    const gap = input.arrivals === 'constant' ? gapMs : -Math.log(1 - random.uniform()) * gapMs;
    atMs += gap;
    wait = Math.max(0, response - gap);
  }
  responses.sort();
  const p99Ms = responses[Math.ceil(0.99 * n) - 1] ?? Number.NaN;
  return { arrivals: n, openAtEnd, ratePerSecond, meanMs: sum / n, p99Ms };
}
