import { createWork } from '@acceptbench/handler/work';
import { median } from './statistics.ts';

const probeIterations = 1_000_000;
const calls = 41;

/** The iterations of `wasm` work that take about so many ms on this machine, on one thread, now. */
export function wasmFor(targetMs: number, now: () => number): string {
  const run = createWork({ kind: 'wasm', iterations: probeIterations });
  const times = Array.from({ length: calls }, () => {
    const startedAt = now();
    run();
    return now() - startedAt;
  });
  return `wasm:${Math.max(1, Math.round((probeIterations * targetMs) / median(times)))}`;
}
