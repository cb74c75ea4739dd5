import type { RunMetric } from '../compare/metrics.ts';
import type { CellHistory } from './history.ts';

/** Version of this form: one more with each change that a reader has to know of. */
const formatVersion = 1;

/** A figure over runs as JSON with a newline: figures with all their digits, what is not there is null. */
export function renderHistoryJson(histories: readonly CellHistory[], metric: RunMetric): string {
  const json = {
    format: 'acceptbench-history',
    version: formatVersion,
    metric: metric.key,
    name: metric.name,
    unit: metric.unit,
    better: metric.better,
    cells: histories.map(({ cellId, points }) => ({
      cell: cellId,
      points: points.map(({ run, figure, of, versions, changes, isBreak }) => ({
        run: run.id,
        startedAt: run.startedAt,
        commit: run.commit,
        figure,
        of,
        versions,
        changes,
        isBreak,
      })),
    })),
  };
  return `${JSON.stringify(json, null, 2)}\n`;
}
