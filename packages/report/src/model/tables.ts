import { offeredPerSecond } from '@acceptbench/results/cell';
import type { CellSummary, Figure } from '../analysis/summary.ts';
import { topologyName } from '../text/cell-name.ts';
import { absent, formatMedian, formatNumber } from '../text/number.ts';
import { stageNames } from '../text/stage-name.ts';
import type { Context, LoadGroup, Row } from './context.ts';
import {
  type ColumnOf,
  count,
  figure,
  figureColumn,
  number,
  type Table,
  textColumn,
  toTable,
} from './table.ts';

const offered = figureColumn<Row>('offered', 'req/s', ({ cell }) => number(offeredPerSecond(cell)));
/** Steps of a search lie close together. */
const offeredClosely = figureColumn<Row>('offered', 'req/s', ({ cell }) => {
  const rate = offeredPerSecond(cell);
  return { ...number(rate), text: rate?.toFixed(1) ?? absent };
});
const replicates = figureColumn<Row>('n', '', ({ summary }) => count(summary?.n ?? 0));

/**
 * The columns that name a row: runtime, topology, what else the run varies, and the number of valid replicates. The steps of a search
 * differ in their rate, and in nothing else.
 */
function keyColumns(context: Context, { cells }: LoadGroup): ColumnOf<Row>[] {
  if (new Set(cells.map(offeredPerSecond)).size > 1) return [offeredClosely, replicates];
  const isVaried = context.cells.some((cell) => context.variantOf(cell) !== '');
  return [
    textColumn('runtime', ({ cell }) => cell.runtime),
    textColumn('topology', ({ cell }) => topologyName(cell)),
    ...(isVaried ? [textColumn<Row>('variant', ({ cell }) => context.variantOf(cell))] : []),
    replicates,
  ];
}

type PickFigure = (summary: CellSummary) => Figure | null | undefined;

function column(title: string, unit: string, pick: PickFigure, isBrief = false): ColumnOf<Row> {
  const cell = ({ summary }: Row) => figure(summary === null ? null : pick(summary));
  return { ...figureColumn(title, unit, cell), ...(isBrief ? { isBrief } : {}) };
}

/** The three tables of a load: rates and accept queue, where requests wait, and the tail. */
export function toLoadTables(context: Context, group: LoadGroup, index: number): Table[] {
  const rows = group.cells.map((cell) => ({ cell, summary: context.summaryOf(cell) }));
  const keys = keyColumns(context, group);
  const about = (id: string, title: string, note: string) => ({
    id: `load${index + 1}-${id}`,
    title: `${title}: ${group.title}`,
    note,
    keys: keys.length,
  });
  return [
    toTable(
      about(
        'rates',
        'Rates and accept queue',
        'Rates per second, accept queue in connections: median (range) of n.',
      ),
      rows,
      [...keys, ...(keys.includes(offeredClosely) ? [] : [offered]), ...rateColumns, ...queueColumns],
    ),
    toTable(
      about('waits', 'Where requests wait', 'Mean time per request in ms: median (range) of n.'),
      rows,
      [...keys, ...waitColumns(rows)],
    ),
    toTable(about('tail', 'The tail, and what else bears on it', 'Median (range) of n.'), rows, [
      ...keys,
      ...tailColumns(rows),
    ]),
  ];
}

const rateColumns: readonly ColumnOf<Row>[] = [
  column('accepted', 'conn/s', (summary) => summary.acceptedPerSecond),
  column('completed', 'req/s', (summary) => summary.completedPerSecond),
];

const queueColumns: readonly ColumnOf<Row>[] = [
  column('queue', 'mean', (summary) => summary.queueMean, true),
  figureColumn('max/limit', 'conn', ({ summary }) => {
    const most = summary?.queueMax;
    if (most == null) return { text: absent, value: null };
    return { text: `${formatMedian(most)}/${formatNumber(summary?.queueLimit?.median)}`, value: most.median };
  }),
];

/** Means of the response time and of the stages in it; SYNs sent again only where there are any. */
function waitColumns(rows: readonly Row[]): ColumnOf<Row>[] {
  const anyResent = rows.some(({ summary }) => (summary?.stagesMs.resend?.max ?? 0) > 0);
  const stages = ['accept-queue', 'process', 'offload-queue', 'work', 'reply'] as const;
  return [
    column('response', 'ms', (summary) => summary.responseMeanMs),
    ...(anyResent ? [column(stageNames.resend, 'ms', (summary) => summary.stagesMs.resend, true)] : []),
    ...stages.map((stage) => {
      // Two-line titles keep a terminal's columns narrow.
      const [first, ...rest] = stageNames[stage].split(' ');
      return column(first ?? '', [...rest, 'ms'].join(' '), (summary) => summary.stagesMs[stage], true);
    }),
  ];
}

function tailColumns(rows: readonly Row[]): ColumnOf<Row>[] {
  const anyShed = rows.some(({ summary }) => (summary?.shed?.max ?? 0) > 0);
  return [
    column('response p99', 'ms', (summary) => summary.responseP99Ms),
    column('overflows', 'conn', (summary) => summary.overflows),
    ...(anyShed ? [column('shed', 'responses', (summary) => summary.shed)] : []),
    column('k6 lag', 'mean ms', (summary) => summary.stagesMs['client-lag'], true),
    column('residual', 'ms', (summary) => summary.residualMs, true),
  ];
}
