import type { Cell } from '@acceptbench/results/cell';
import type { Replicate } from '@acceptbench/results/replicate';
import { metrics } from '../compare/metrics.ts';
import { compareCells } from '../statistics/compareCells.ts';
import { type PrecisionGoal, type PrecisionMove, toPrecisionMove } from '../statistics/precision.ts';
import { toBaselinePairs } from './comparisons.ts';

/**
 * Figures whose intervals `--precision` narrows. Percentiles, and waits in one stage, vary so much from process to process above
 * the ceiling that no budget would do.
 */
const keys: ReadonlySet<string> = new Set(['completed', 'mean', 'drain']);
const burst = metrics.find(({ key }) => key === 'drain');

/** Whether a run adds a block, by what its report compares: the same pairs, in these figures. */
export function moveByPrecision(
  cells: readonly Cell[],
  replicates: readonly Replicate[],
  goal: PrecisionGoal,
): PrecisionMove {
  const compared = metrics.filter(({ key }) => keys.has(key));
  const comparisons = toBaselinePairs({ cells, replicates }).flatMap(({ pair: { baseSide, headSide } }) =>
    compared
      .map((metric) => compareCells(baseSide, headSide, metric, { stopping: 'precision' }))
      // A burst's figure is none of other loads: it is not waited for.
      .filter(({ metric, baseFigure }) => baseFigure !== null || metric !== burst),
  );
  return toPrecisionMove(comparisons, goal);
}

/** Whether a run has anything to compare. */
export function comparesAny(cells: readonly Cell[]): boolean {
  return toBaselinePairs({ cells, replicates: [] }).length > 0;
}
