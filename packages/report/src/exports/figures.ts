import type { Replicate, ValidReplicate } from '@acceptbench/results/replicate';
import { type Figure, toFigure, toObservedFigure } from '../analysis/summary.ts';
import { metrics, type RunMetric } from '../compare/metrics.ts';

/** One figure of one cell: the median of its valid replicates, as the report shows it. */
export type ExportedFigure = {
  readonly cellId: string;
  readonly metric: RunMetric;
  readonly figure: Figure;
  /** Replicates of the cell in all. */
  readonly of: number;
  /** As the servers said, each once. */
  readonly versions: readonly string[];
};

/** The figures that other tools follow, in order of cells; a cell without a valid replicate has none. */
export function toExportedFigures(replicates: readonly Replicate[]): ExportedFigure[] {
  return [...Map.groupBy(replicates, ({ cell }) => cell.id)].flatMap(([cellId, all]) => {
    const valid = all.filter((replicate) => replicate.outcome === 'valid');
    const versions = [...new Set(valid.map(({ server }) => server.version))];
    return metrics.flatMap((metric) => {
      const figure = figureOf(valid, metric);
      return figure === null ? [] : [{ cellId, metric, figure, of: all.length, versions }];
    });
  });
}

/** Cells of which no replicate is valid, so that no figure can be exported. */
export function cellsWithoutFigures(replicates: readonly Replicate[]): string[] {
  const shown = new Set(toExportedFigures(replicates).map(({ cellId }) => cellId));
  return [...new Set(replicates.map(({ cell }) => cell.id))].filter((id) => !shown.has(id));
}

/** A metric's median and range over valid replicates; null where none has it. */
export function figureOf(valid: readonly ValidReplicate[], metric: RunMetric): Figure | null {
  const values = valid.map(metric.pick).filter((value) => value !== null && value !== undefined);
  return metric.isPercentile ? toObservedFigure(values) : toFigure(values);
}
