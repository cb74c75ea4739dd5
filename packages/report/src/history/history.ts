import type { Cell } from '@acceptbench/results/cell';
import type { Replicate } from '@acceptbench/results/replicate';
import type { Run } from '@acceptbench/results/run';
import type { Figure } from '../analysis/summary.ts';
import { environmentDifferences } from '../compare/environment.ts';
import type { RunMetric } from '../compare/metrics.ts';
import { cellsOf, differenceInWords } from '../compare/runs.ts';
import { figureOf } from '../exports/figures.ts';

export type PastRun = { readonly run: Run; readonly replicates: readonly Replicate[] };

/** What a run says of a cell. */
export type HistoryPoint = {
  readonly run: Run;
  /** Median and range over the valid replicates; null without any. */
  readonly figure: Figure | null;
  /** Replicates in all. */
  readonly of: number;
  /** As the servers said, each once. */
  readonly versions: readonly string[];
  /** What is not as in the run before: clauses of plain text. */
  readonly changes: readonly string[];
  /** True where the cell itself is another one than before, so that the two figures can't be compared. */
  readonly isBreak: boolean;
};

/** One cell's figure over runs, oldest first; 1 point at least. */
export type CellHistory = { readonly cellId: string; readonly points: readonly HistoryPoint[] };

/** A metric of every cell over runs, in order of their start, cells in the order in which they first appear. */
export function toHistory(runs: readonly PastRun[], metric: RunMetric): CellHistory[] {
  const ordered = runs.toSorted((a, b) => a.run.startedAt.localeCompare(b.run.startedAt));
  const byCell = new Map<string, { past: PastRun; cell: Cell }[]>();
  for (const past of ordered) {
    for (const cell of cellsOf({ label: '', ...past })) {
      byCell.set(cell.id, [...(byCell.get(cell.id) ?? []), { past, cell }]);
    }
  }
  return [...byCell].flatMap(([cellId, seen]) => {
    const points = seen.map(({ past, cell }, index) => toPoint(past, cell, seen[index - 1], metric));
    return points.some(({ figure }) => figure !== null) ? [{ cellId, points }] : [];
  });
}

function toPoint(
  { run, replicates }: PastRun,
  cell: Cell,
  before: { past: PastRun; cell: Cell } | undefined,
  metric: RunMetric,
): HistoryPoint {
  const own = replicates.filter((replicate) => replicate.cell.id === cell.id);
  const valid = own.filter((replicate) => replicate.outcome === 'valid');
  const other = before === undefined ? null : differenceInWords(before.cell, cell);
  const differences =
    before === undefined
      ? []
      : environmentDifferences(before.past.run, run).filter(({ weight }) => weight === 'warning');
  return {
    run,
    figure: figureOf(valid, metric),
    of: own.length,
    versions: [...new Set(valid.map(({ server }) => server.version))],
    changes: [
      ...(other === null ? [] : [other]),
      ...differences.map(({ what, base, head }) => `${what} ${base} and ${head}`),
    ],
    isBreak: other !== null,
  };
}
