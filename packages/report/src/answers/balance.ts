import { type Cell, offeredPerSecond } from '@acceptbench/results/cell';
import type { ValidReplicate } from '@acceptbench/results/replicate';
import { type Figure, toObservedFigure } from '../analysis/summary.ts';
import type { Chart } from '../model/chart.ts';
import { curveChart } from '../model/charts/curve.ts';
import { p99, tailChart } from '../model/charts/rates.ts';
import { type Context, figureOf } from '../model/context.ts';
import { topologyName } from '../text/cell-name.ts';
import { formatNumber, formatRatio } from '../text/number.ts';
import type { Answers } from './answer.ts';
import { answerByRuntime, byTopology, capital, duration, largest, span } from './subjects.ts';

/** How much more waiting there was in the fullest of a server's accept queues than in all on average: 1 is even. */
export function imbalance({ acceptQueue }: Pick<ValidReplicate, 'acceptQueue'>): number | null {
  const waits = acceptQueue?.listeners.map(({ connectionSeconds }) => connectionSeconds) ?? [];
  const mean = waits.reduce((sum, each) => sum + each, 0) / waits.length;
  return waits.length < 2 || !(mean > 0) ? null : Math.max(...waits) / mean;
}

/** Several accept loops: how uneven their queues are, and what that costs at the tail. */
export function balanceAnswers(context: Context): Answers {
  const top = largest(context, context.cells, offeredOfCeiling);
  const answers = answerByRuntime(context, (cells) => {
    const own = largest(context, cells, offeredOfCeiling);
    return own === null ? [] : own.cells.map((cell) => ofCell(context, cell));
  });
  if (top === null) return { headline: 'Inconclusive: no cell has a valid replicate.', lead: null, answers };
  const each = byTopology(top.cells).map(({ name, cells }) => {
    const uneven = cells.map((cell) => figureOf(context, cell, imbalance));
    const seen = uneven.some((figure) => figure !== null)
      ? ` (fullest queue ${span(uneven, formatRatio)} × the mean)`
      : '';
    return `${name} ${span(
      cells.map((cell) => figureOf(context, cell, p99, toObservedFigure)),
      duration,
    )}${seen}`;
  });
  return {
    headline: `p99 at the highest load: ${each.join('; ')}.`,
    lead: `At ${top.cells[0] === undefined ? '' : formatNumber(top.value)} req/s offered:`,
    answers,
  };
}

const offeredOfCeiling = (cell: Cell) => offeredPerSecond(cell);

function ofCell(context: Context, cell: Cell): string {
  const uneven = figureOf(context, cell, imbalance);
  const queues = cell.listeners;
  const how =
    uneven === null
      ? queues > 1
        ? 'the kernel did not show the queues apart'
        : 'one queue'
      : `of ${queues} queues the fullest held ${inRatio(uneven)} × the mean`;
  const { policy } = cell;
  return `${capital(topologyName(cell))}, ${policy}: p99 ${duration(figureOf(context, cell, p99, toObservedFigure)?.median)}; ${how} (n = ${context.validOf(cell).length}).`;
}

const inRatio = ({ median, min, max }: Figure) =>
  min === max ? formatRatio(median) : `${formatRatio(median)} (${formatRatio(min)}–${formatRatio(max)})`;

export const balanceCharts = (context: Context): (Chart | null)[] => [
  curveChart(context, {
    id: 'imbalance',
    title: 'Wait in the fullest accept queue, as a multiple of the mean',
    x: { title: 'offered', unit: 'req/s', scale: 'linear', of: offeredPerSecond },
    y: {
      title: 'fullest / mean',
      unit: '',
      scale: 'linear',
      of: (cell) => figureOf(context, cell, imbalance),
    },
    toFinding: (points) =>
      `1 is even; it is ${span(
        points.map(({ y }) => y),
        formatRatio,
      )}.`,
  }),
  tailChart(context),
];
