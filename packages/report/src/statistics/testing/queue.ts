import type { Random } from './random.ts';

export type QueueInput = {
  readonly ratePerSecond: number;
  readonly windowSeconds: number;
  readonly arrivals: 'constant' | 'poisson';
  readonly serviceMs: number;
};

/** p99 of the response time in ms of a window's arrivals at one server, first come first served (Lindley's recursion). */
export function simulateP99(input: QueueInput, random: Random): number {
  const n = Math.round(input.ratePerSecond * input.windowSeconds);
  const gapMs = 1000 / input.ratePerSecond;
  const responses = new Float64Array(n);
  let wait = 0;
  for (let index = 0; index < n; index += 1) {
    const response = wait + input.serviceMs;
    responses[index] = response;
    const gap = input.arrivals === 'constant' ? gapMs : -Math.log(1 - random.uniform()) * gapMs;
    wait = Math.max(0, response - gap);
  }
  responses.sort();
  return responses[Math.ceil(0.99 * n) - 1] ?? Number.NaN;
}

/**
 * The rate at which p99 comes to `limitMs` with constant arrivals and a constant service time, in closed form: in overload each
 * arrival waits longer than the one before by service − gap, so the 99th of a hundred waits 0.99 rate × window × that.
 */
export function constantCapacity(serviceMs: number, windowSeconds: number, limitMs: number): number {
  const spare = (limitMs - serviceMs) / (0.99 * windowSeconds * 1000);
  return ((1 + spare) * 1000) / serviceMs;
}
