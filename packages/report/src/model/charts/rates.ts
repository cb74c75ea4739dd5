import { offeredPerSecond } from '@acceptbench/results/cell';
import type { Figure } from '../../analysis/summary.ts';
import { toObservedFigure } from '../../analysis/summary.ts';
import { counted, formatNumber } from '../../text/number.ts';
import type { Chart } from '../chart.ts';
import { type Context, figureOf } from '../context.ts';
import { figure, figureColumn } from '../table.ts';
import { type CurvePoint, curveChart } from './curve.ts';

/** Rates this close are called the same: the books of a replicate close within 5 %. */
const sameRate = 0.05;

const offered = { title: 'offered', unit: 'req/s', scale: 'linear', of: offeredPerSecond } as const;

/** Completed against offered. Null where no cell has an offered rate. */
export function ratesChart(context: Context): Chart | null {
  return curveChart(context, {
    id: 'offered-completed',
    title: 'Offered and completed requests per second',
    x: offered,
    y: {
      title: 'completed',
      unit: 'req/s',
      scale: 'linear',
      of: (cell) => context.summaryOf(cell)?.completedPerSecond ?? null,
    },
    diagonal: 'all of it (y = x)',
    columns: [
      figureColumn('accepted', 'conn/s', ({ cell }) => figure(context.summaryOf(cell)?.acceptedPerSecond)),
      figureColumn('ceiling', 'req/s', ({ cell }) => figure(context.summaryOf(cell)?.ceilingPerSecond)),
    ],
    toFinding: keptOrNot,
  });
}

/** Accepted against offered: what a server takes in, whatever it completes. */
export function acceptedChart(context: Context): Chart | null {
  return curveChart(context, {
    id: 'offered-accepted',
    title: 'Offered and accepted connections per second',
    x: offered,
    y: {
      title: 'accepted',
      unit: 'conn/s',
      scale: 'linear',
      of: (cell) => (cell.policy === 'close' ? (context.summaryOf(cell)?.acceptedPerSecond ?? null) : null),
    },
    diagonal: 'all of it (y = x)',
    toFinding: keptOrNot,
  });
}

/** p99 against offered, at what each topology takes. */
export function tailChart(context: Context): Chart | null {
  return curveChart(context, {
    id: 'p99-by-rate',
    title: 'p99 of the response time by offered rate',
    x: offered,
    y: {
      title: 'p99',
      unit: 'ms',
      scale: 'log',
      of: (cell) => figureOf(context, cell, p99, toObservedFigure),
    },
    toFinding: (points) => `${extremes(points, 'p99 is')}`,
  });
}

export const p99 = ({
  requests,
  responseTimeMs,
}: {
  requests: { completed: number };
  responseTimeMs: { p99: number };
}) => (requests.completed === 0 ? null : responseTimeMs.p99);

/** `p99 is 6.23 to 943 ms.` */
export function extremes(points: readonly { readonly y: Figure }[], words: string, unit = 'ms'): string {
  return `${words} ${range(points.map(({ y }) => y.median))} ${unit}.`;
}

function keptOrNot(points: readonly CurvePoint[]): string {
  const keeping = points.filter(({ x, y }) => y.median >= x / (1 + sameRate));
  const behind = points.filter((each) => !keeping.includes(each));
  if (behind.length === 0) return `${counted(points.length, 'cell')} kept up with what was offered: all.`;
  const kept =
    keeping.length === 0 ? '' : `${counted(keeping.length, 'cell')} kept up with what was offered; `;
  return `${kept}${counted(behind.length, 'cell')} fell behind: ${range(behind.map(({ y }) => y.median))} a second at ${range(behind.map(({ x }) => x))} offered.`;
}

export function range(values: readonly number[]): string {
  const [low, high] = [Math.min(...values), Math.max(...values)].map(formatNumber);
  return low === high ? `${low}` : `${low} to ${high}`;
}
