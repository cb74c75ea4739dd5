import type { Calibration } from '@acceptbench/results/run';
import type { Shape } from '../experiments/experiment.ts';

/** Iterations of a millisecond on the machine these were written on; `format` on V8. Another core takes another time. */
const nominalPerMs = { wasm: 1_000_000, format: 62_500 } as const;

/**
 * Iterations for each kind of work with a target: as a run found them, or else nominal ones, which nobody has timed on the
 * cluster's nodes. Only their iterations are to be believed then.
 */
export function clusterWorks(works: Shape['works'], known: readonly Calibration[]): Calibration[] {
  return works.flatMap((work) => {
    if (work.kind === 'none') return [];
    const { kind, targetMs } = work;
    const found = known.find((each) => each.kind === kind && each.targetMs === targetMs);
    if (found !== undefined) return [found];
    const iterations = Math.max(1, Math.round(nominalPerMs[kind] * targetMs));
    return [{ kind, targetMs, iterations, medianMs: targetMs, iqrMs: 0, n: 1 }];
  });
}
