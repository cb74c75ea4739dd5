import { type Cell, offeredPerSecond } from '@acceptbench/results/cell';
import type { ValidReplicate } from '@acceptbench/results/replicate';
import { toObservedFigure } from '../analysis/summary.ts';
import type { Chart } from '../model/chart.ts';
import { p99, ratesChart, tailChart } from '../model/charts/rates.ts';
import { type Context, figureOf } from '../model/context.ts';
import { formatNumber } from '../text/number.ts';
import type { Answers } from './answer.ts';
import { answerByRuntime, byTopology, capital, duration, largest, span, withUnit } from './subjects.ts';

const shedShare = ({ requests }: ValidReplicate) =>
  requests.started === 0 ? null : (100 * requests.shed) / requests.started;
const shedMs = ({ requests }: ValidReplicate) => requests.shedMeanMs;

const limitInWords = ({ queueLimit }: Cell) =>
  queueLimit === undefined ? 'without a limit' : `with a limit of ${formatNumber(queueLimit)}`;

/** Overload with and without shedding: what becomes of goodput and of p99. */
export function sheddingAnswers(context: Context): Answers {
  const top = largest(context, context.cells, offeredPerSecond);
  const answers = answerByRuntime(context, (cells) =>
    byTopology(cells).flatMap(({ name, cells: group }) => {
      const own = largest(context, group, offeredPerSecond);
      return own === null ? [] : own.cells.map((cell) => ofCell(context, capital(name), cell));
    }),
  );
  if (top === null) return { headline: 'Inconclusive: no cell has a valid replicate.', lead: null, answers };
  const each = [...Map.groupBy(top.cells, limitInWords)].map(([limit, cells]) => {
    const tails = span(
      cells.map((cell) => figureOf(context, cell, p99, toObservedFigure)),
      duration,
    );
    const good = span(cells.map((cell) => context.summaryOf(cell)?.completedPerSecond));
    return `${limit} p99 is ${tails} at ${good} right answers a second`;
  });
  return {
    headline: `At ${formatNumber(top.value)} req/s offered, ${each.join('; ')}.`,
    lead: `At ${formatNumber(top.value)} req/s offered:`,
    answers,
  };
}

function ofCell(context: Context, name: string, cell: Cell): string {
  const shed = figureOf(context, cell, shedShare);
  const answer =
    shed === null || shed.median === 0
      ? ''
      : `; ${formatNumber(shed.median)} % are shed, after ${duration(figureOf(context, cell, shedMs)?.median)} on average`;
  const good = withUnit(context.summaryOf(cell)?.completedPerSecond ?? null, 'right answers a second');
  return `${name} ${limitInWords(cell)}: ${good}, p99 ${duration(figureOf(context, cell, p99, toObservedFigure)?.median)}${answer} (n = ${context.validOf(cell).length}).`;
}

export const sheddingCharts = (context: Context): (Chart | null)[] => [
  tailChart(context),
  ratesChart(context),
];
