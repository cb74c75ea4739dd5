import { createWork } from '@acceptbench/handler/work';

const probeIterations = 1_000_000;
/** The engine compiles the kernel again, and better, while the first calls run. */
const warmupCalls = 100;
const calls = 40;

/**
 * The `wasm` work that takes so many ms on one thread of this machine when nothing disturbs it: what disturbs a call
 * makes it longer, so the shortest one counts.
 *
 * @param now ms from a monotonic clock.
 */
export function wasmFor(targetMs: number, now: () => number): string {
  const run = createWork({ kind: 'wasm', iterations: probeIterations });
  for (let call = 0; call < warmupCalls; call += 1) run();
  const times = Array.from({ length: calls }, () => {
    const startedAt = now();
    run();
    return now() - startedAt;
  });
  return `wasm:${Math.max(1, Math.round((probeIterations * targetMs) / Math.min(...times)))}`;
}
