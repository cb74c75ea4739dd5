import picocolors from 'picocolors';
import type { RunMetric } from '../compare/metrics.ts';
import { type Column, layOut } from '../text/columns.ts';
import { toPlainLine, wrap } from '../text/plain.ts';
import type { CellHistory } from './history.ts';
import { sparkline } from './sparkline.ts';
import { historyInWords, type PointTexts, pointTitles, toPointTexts, toSegments } from './texts.ts';

export type HistoryTerminalOptions = {
  /** ANSI colours: only when asked. */
  readonly color: boolean;
  /** Longest line, in characters; 80 unless told. */
  readonly width?: number;
};

/** A figure over runs for a terminal: for each cell a line of bars and a table, oldest first. Ends with a newline. */
export function renderHistoryTerminal(
  histories: readonly CellHistory[],
  metric: RunMetric,
  { color, width = 80 }: HistoryTerminalOptions,
): string {
  const paint = picocolors.createColors(color);
  const lines = histories.flatMap((history) => {
    const rows = toPointTexts(history);
    return [
      paint.bold(toPlainLine(history.cellId)),
      `  ${toSegments(history).map(sparkline).join(' | ')}`,
      ...layOut(keys, columns, rows, width).flatMap(({ lines: [titles = '', , ...rest] }) => [
        paint.dim(titles.trimEnd()),
        ...rest.map((line) => line.trimEnd()),
      ]),
      ...rows.flatMap(({ when, changes }) =>
        changes.length === 0
          ? []
          : wrap(`! ${when}: not as before: ${changes.join('; ')}`, width, '  ').map(paint.yellow),
      ),
      '',
    ];
  });
  const title = `${metric.name}, ${metric.unit} (${metric.better} is better), over runs`;
  return `${[paint.bold(title), '', ...lines, ...[...historyInWords, bars].flatMap((line) => wrap(line, width, '  ')).map(paint.dim)].join('\n')}\n`;
}

const bars =
  'Bars go from the least to the most of the medians, not from 0; | is where the cell itself changed.';

const column = (
  index: number,
  align: 'left' | 'right',
  cell: Column<PointTexts>['cell'],
): Column<PointTexts> => ({
  title: pointTitles[index] ?? '',
  unit: '',
  align,
  cell,
});

const keys = [column(0, 'left', ({ when }) => when)];
const columns = [
  column(2, 'left', ({ version }) => version),
  column(3, 'left', ({ commit }) => commit),
  column(4, 'right', ({ figure }) => figure),
  column(5, 'right', ({ n }) => n),
  column(6, 'right', ({ ratio }) => ratio),
];
