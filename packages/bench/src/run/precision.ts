import { moveByPrecision } from '@acceptbench/report/precision';
import type { Cell } from '@acceptbench/results/cell';
import type { Replicate } from '@acceptbench/results/replicate';
import type { Design, Run } from '@acceptbench/results/run';
import { expectedSeconds } from '../experiments/duration.ts';
import { counted } from '../progress.ts';
import type { Growth } from './blocks.ts';
import { paceOf, spentSeconds } from './schedule.ts';

type Precision = NonNullable<Extract<Design, { kind: 'blocks' }>['precision']>;

/**
 * Blocks until every comparison's interval is narrow enough, or another would not fit into the budget. The time that counts is
 * what replicates took, so that a run that was interrupted has its whole budget.
 */
export function growToPrecision(
  cells: readonly Cell[],
  least: number,
  { share, budgetSeconds }: Precision,
): Growth {
  const blockSeconds = (done: readonly Replicate[]) => {
    const absent = new Set(done.flatMap(({ outcome, cell }) => (outcome === 'not-offered' ? [cell.id] : [])));
    const offered = cells.filter(({ id }) => !absent.has(id));
    return {
      n: offered.length,
      seconds: paceOf(done) * offered.reduce((sum, cell) => sum + expectedSeconds(cell), 0),
    };
  };
  const goalAfter = (done: readonly Replicate[]) => ({
    share,
    budgetSeconds,
    spentSeconds: spentSeconds(done),
    blockSeconds: blockSeconds(done).seconds,
  });
  return {
    least,
    another(done, blocks) {
      // What was decided stays decided, whatever later attempts in earlier blocks may say.
      if (done.some(({ block }) => block > blocks)) return true;
      return moveByPrecision(cells, done, goalAfter(done)).state === 'another-block';
    },
    left(done) {
      const { n, seconds } = blockSeconds(done);
      const left = Math.max(0, budgetSeconds - spentSeconds(done));
      return { replicates: seconds === 0 ? 0 : n * Math.floor(left / seconds), seconds: left, atMost: true };
    },
  };
}

/** Where a run that was to be precise has come to: whether every interval is narrow enough, and half the widest; null for any other run. */
export function precisionReached(
  { cells, experiment: { design } }: Pick<Run, 'cells' | 'experiment'>,
  replicates: readonly Replicate[],
): { readonly isPrecise: boolean; readonly share: number; readonly halfWidth: number | null } | null {
  if (design.kind !== 'blocks' || design.precision === undefined) return null;
  const { share, budgetSeconds } = design.precision;
  const goal = { share, budgetSeconds, spentSeconds: budgetSeconds, blockSeconds: budgetSeconds };
  const { state, halfWidth } = moveByPrecision(cells, replicates, goal);
  return { isPrecise: state === 'precise', share, halfWidth };
}

/** How narrow the intervals became, in a sentence; null where a run was not to go on until they are narrow. */
export function precisionInWords(...of: Parameters<typeof precisionReached>): string | null {
  const reached = precisionReached(...of);
  if (reached === null) return null;
  const { isPrecise, share, halfWidth } = reached;
  const blocks = counted(Math.max(0, ...of[1].map(({ block }) => block)), 'block');
  const widest =
    halfWidth === null ? 'not every comparison has an interval' : `the widest is ± ${percent(halfWidth)}`;
  return isPrecise
    ? `Every comparison is known to ± ${percent(share)}, after ${blocks}; ${widest}.`
    : `Not every comparison is known to ± ${percent(share)}, after ${blocks}: ${widest}.`;
}

const percent = (share: number) => `${(share * 100).toFixed(1)} %`;
