import type { Cell } from '@acceptbench/results/cell';
import type { ValidReplicate } from '@acceptbench/results/replicate';
import { toObservedFigure } from '../analysis/summary.ts';
import type { Chart } from '../model/chart.ts';
import { curveChart } from '../model/charts/curve.ts';
import { extremes, p99 } from '../model/charts/rates.ts';
import { type Context, figureOf } from '../model/context.ts';
import { figure, figureColumn } from '../model/table.ts';
import { formatNumber } from '../text/number.ts';
import type { Answers } from './answer.ts';
import { answerByRuntime, duration, largest, span } from './subjects.ts';

const limitOf = ({ backlog, somaxconn }: Cell) => backlog ?? somaxconn ?? null;
const overflows = ({ acceptQueue }: ValidReplicate) => acceptQueue?.overflows;
const resent = ({ kernel }: ValidReplicate) => kernel.synRetrans;

/** Limits of the accept queue: when it overflows, and what SYNs that are sent again do to latency. */
export function backlogAnswers(context: Context): Answers {
  const answers = answerByRuntime(context, (cells) =>
    cells
      .filter((cell) => limitOf(cell) !== null && context.validOf(cell).length > 0)
      .sort((a, b) => (limitOf(a) ?? 0) - (limitOf(b) ?? 0))
      .map((cell) => ofCell(context, cell)),
  );
  const widest = largest(context, context.cells, limitOf);
  const tightest = largest(context, context.cells, (cell) => {
    const limit = limitOf(cell);
    return limit === null ? null : -limit;
  });
  if (widest === null || tightest === null) {
    return { headline: 'Inconclusive: no cell has a valid replicate.', lead: null, answers };
  }
  const of = (cells: readonly Cell[]) =>
    `p99 is ${span(
      cells.map((cell) => figureOf(context, cell, p99, toObservedFigure)),
      duration,
    )}, with ${span(cells.map((cell) => figureOf(context, cell, overflows, toObservedFigure)))} overflows`;
  return {
    headline: `With places for ${formatNumber(-tightest.value)} connections ${of(tightest.cells)}; with places for ${formatNumber(widest.value)} ${of(widest.cells)}.`,
    lead: null,
    answers,
  };
}

function ofCell(context: Context, cell: Cell): string {
  const of = (pick: Parameters<typeof figureOf>[2]) =>
    figureOf(context, cell, pick, toObservedFigure)?.median;
  const resend = context.summaryOf(cell)?.stagesMs.resend?.median;
  const again =
    resend === undefined || resend === 0
      ? ''
      : `, on average ${duration(resend)} of waiting to be sent again`;
  return `Limit ${formatNumber(limitOf(cell))}: ${formatNumber(of(overflows))} overflows, ${formatNumber(of(resent))} sent again${again}; p99 ${duration(of(p99))} (n = ${context.validOf(cell).length}).`;
}

export function backlogCharts(context: Context): (Chart | null)[] {
  const x = { title: 'limit of the accept queue', unit: 'connections', scale: 'log', of: limitOf } as const;
  const traits = ['backlog', 'somaxconn'] as const;
  return [
    curveChart(context, {
      id: 'backlog-p99',
      title: 'p99 of the response time by limit of the accept queue',
      x,
      y: {
        title: 'p99',
        unit: 'ms',
        scale: 'log',
        of: (cell) => figureOf(context, cell, p99, toObservedFigure),
      },
      traits,
      columns: [
        figureColumn('sent again', 'SYNs', ({ cell }) =>
          figure(figureOf(context, cell, resent, toObservedFigure)),
        ),
        figureColumn('resend', 'mean ms', ({ cell }) => figure(context.summaryOf(cell)?.stagesMs.resend)),
      ],
      toFinding: (points) => extremes(points, 'p99 is'),
    }),
    curveChart(context, {
      id: 'backlog-overflows',
      title: 'Overflows by limit of the accept queue',
      x,
      y: {
        title: 'overflows',
        unit: 'conn',
        scale: 'linear',
        of: (cell) => figureOf(context, cell, overflows, toObservedFigure),
      },
      traits,
      toFinding: (points) => {
        const most = Math.max(0, ...points.flatMap(({ x: limit, y }) => (y.median > 0 ? [limit] : [])));
        return most === 0 ? 'None overflows.' : `The queue overflows up to a limit of ${formatNumber(most)}.`;
      },
    }),
  ];
}
