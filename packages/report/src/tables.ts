import { type Cell, offeredPerSecond } from '@acceptbench/results/cell';
import type { Replicate } from '@acceptbench/results/replicate';
import type { Run } from '@acceptbench/results/run';
import { type CellSummary, summarize } from './analysis/summary.ts';
import { loadName, topologyName, variantOf } from './text/cell-name.ts';
import { absent, formatFigure, formatMedian, formatNumber } from './text/number.ts';
import { toPlainLine } from './text/plain.ts';

/** A planned cell and what its valid replicates say; null without one, so that no cell is left out of a table. */
export type Row = { readonly cell: Cell; readonly summary: CellSummary | null };

/** The cells that may be compared with one another: of one load and one variant. `title` is plain text. */
export type LoadGroup = { readonly title: string; readonly rows: readonly Row[] };

export type ReportColumn = {
  readonly title: string;
  /** Printed with the title; empty where the column names or counts. */
  readonly unit: string;
  readonly align: 'left' | 'right';
  readonly cell: (row: Row) => string;
};

/** The plan's cells by load, in plan order, with their summaries. */
export function toLoadGroups(run: Pick<Run, 'cells'>, replicates: readonly Replicate[]): LoadGroup[] {
  const summaries = new Map(summarize(replicates).map((summary) => [summary.cell.id, summary]));
  const groups = new Map<string, Row[]>();
  for (const cell of run.cells) {
    const variant = variantOf(cell, run.cells);
    const title = `${loadName(cell)}${variant === '' ? '' : `, ${variant}`}`;
    const row = { cell, summary: summaries.get(cell.id) ?? null };
    groups.set(title, [...(groups.get(title) ?? []), row]);
  }
  return [...groups].map(([title, rows]) => ({ title: `Load ${title}${duration(rows)}`, rows }));
}

function duration(rows: readonly Row[]): string {
  const seconds = new Set(rows.map(({ cell }) => cell.load.durationSeconds));
  return seconds.size === 1 ? `, ${[...seconds].map(formatNumber).join()} s` : '';
}

export const keyColumns: readonly ReportColumn[] = [
  { title: 'runtime', unit: '', align: 'left', cell: ({ cell }) => toPlainLine(cell.runtime) },
  { title: 'topology', unit: '', align: 'left', cell: ({ cell }) => topologyName(cell) },
  { title: 'n', unit: '', align: 'right', cell: ({ summary }) => String(summary?.n ?? 0) },
];

type PickFigure = (summary: CellSummary) => Parameters<typeof formatFigure>[0];

function column(title: string, unit: string, pick: PickFigure, format = formatFigure): ReportColumn {
  return {
    title,
    unit,
    align: 'right',
    cell: ({ summary }) => (summary === null ? absent : format(pick(summary))),
  };
}

/** What was offered, accepted and completed. */
export const rateColumns: readonly ReportColumn[] = [
  {
    title: 'offered',
    unit: 'req/s',
    align: 'right',
    cell: ({ cell }) => formatNumber(offeredPerSecond(cell)),
  },
  column('accepted', 'conn/s', (summary) => summary.acceptedPerSecond),
  column('completed', 'req/s', (summary) => summary.completedPerSecond),
];

/** The accept queue: its mean, and the largest length seen beside its limit. */
export function queueColumns(format = formatFigure): readonly ReportColumn[] {
  return [
    column('queue', 'mean', (summary) => summary.queueMean, format),
    {
      title: 'max/limit',
      unit: 'conn',
      align: 'right',
      cell: ({ summary }) =>
        summary === null || summary.queueMax === null
          ? absent
          : `${formatMedian(summary.queueMax)}/${formatMedian(summary.queueLimit)}`,
    },
  ];
}

/** Where requests wait: means of the response time and of the stages in it; SYNs sent again only where there are any. */
export function waitColumns(rows: readonly Row[], format = formatFigure): readonly ReportColumn[] {
  const anyResent = rows.some(({ summary }) => (summary?.stagesMs.resend?.max ?? 0) > 0);
  return [
    column('response', 'ms', (summary) => summary.responseMeanMs),
    ...(anyResent ? [column('resend', 'ms', (summary) => summary.stagesMs.resend, format)] : []),
    column('accept', 'queue ms', (summary) => summary.stagesMs['accept-queue'], format),
    column('process', 'ms', (summary) => summary.stagesMs.process, format),
    column('offload', 'queue ms', (summary) => summary.stagesMs['offload-queue'], format),
    column('work', 'ms', (summary) => summary.stagesMs.work, format),
    column('reply', 'ms', (summary) => summary.stagesMs.reply, format),
  ];
}

/**
 * The tail of the response time; the accept queue's overflows; how late the generator was, which is not the server's; and
 * what the stages do not explain.
 */
export const tailColumns = (format = formatFigure): readonly ReportColumn[] => [
  column('response p99', 'ms', (summary) => summary.responseP99Ms),
  column('overflows', 'conn', (summary) => summary.overflows),
  column('k6 lag', 'mean ms', (summary) => summary.stagesMs['client-lag'], format),
  column('residual', 'ms', (summary) => summary.residualMs, format),
];
