import { basesOf, toSearches, withoutRate } from '@acceptbench/report/search';
import type { Replicate } from '@acceptbench/results/replicate';
import type { Run } from '@acceptbench/results/run';
import { precisionReached } from './precision.ts';

/**
 * Whether a run that is over has what it was asked for: no replicate's last attempt failed, each cell that is offered has a valid
 * one, and the precision is reached where one was asked for. Of a search it is its end that counts: a step may be invalid, and yet tell
 * that its rate was too much.
 */
export function isComplete(
  run: Pick<Run, 'cells' | 'experiment'>,
  replicates: readonly Replicate[],
): boolean {
  const last = new Map(replicates.map((replicate) => [`${replicate.block} ${replicate.cell.id}`, replicate]));
  if ([...last.values()].some(({ outcome }) => outcome === 'failed')) return false;
  const { design } = run.experiment;
  const isAnswered = design.kind === 'search' ? everySearchEnded : everyCellValid;
  return isAnswered(run, replicates) && (precisionReached(run, replicates)?.isPrecise ?? true);
}

function everyCellValid({ cells }: Pick<Run, 'cells'>, replicates: readonly Replicate[]): boolean {
  const had = new Set(
    replicates.flatMap(({ outcome, cell }) =>
      outcome === 'valid' || outcome === 'not-offered' ? [cell.id] : [],
    ),
  );
  return cells.every(({ id }) => had.has(id));
}

function everySearchEnded(run: Pick<Run, 'cells' | 'experiment'>, replicates: readonly Replicate[]): boolean {
  const absent = new Set(
    replicates.flatMap(({ outcome, cell }) => (outcome === 'not-offered' ? [withoutRate(cell)] : [])),
  );
  const offered = basesOf(run.cells).filter((base) => !absent.has(withoutRate(base)));
  return toSearches({ ...run, cells: offered }, replicates).every(
    ({ move: { state } }) => state !== 'gave-up' && state !== 'step',
  );
}
