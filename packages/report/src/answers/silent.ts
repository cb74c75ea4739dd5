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
import { answerByRuntime, byTopology, capital, duration, largest, span } from './subjects.ts';

/** Silent connections beside; 0 for an arrival load without. */
const silentOf = ({ load }: Cell) =>
  load.kind === 'constant-arrival-rate' ? (load.silentConnections ?? 0) : null;

const memory = ({ peak }: ValidReplicate) =>
  peak.serverRssBytes === null ? null : peak.serverRssBytes / 2 ** 20;
const descriptors = ({ peak }: ValidReplicate) => peak.serverDescriptors;
const halfOpen = ({ peak }: ValidReplicate) => peak.halfOpen;
const closed = ({ silent }: ValidReplicate) => silent?.closedByServer;

/** Connections that say nothing: what they cost those that do. */
export function silentAnswers(context: Context): Answers {
  const top = largest(context, context.cells, silentOf);
  const answers = answerByRuntime(context, (cells) =>
    byTopology(cells).flatMap(({ name, cells: group }) => ofTopology(context, capital(name), group)),
  );
  if (top === null || top.value === 0) {
    return {
      headline: 'Inconclusive: no cell with silent connections has a valid replicate.',
      lead: null,
      answers,
    };
  }
  const without = context.cells.filter((cell) => silentOf(cell) === 0);
  const tails = (cells: readonly Cell[]) =>
    span(
      cells.map((cell) => figureOf(context, cell, p99, toObservedFigure)),
      duration,
    );
  return {
    headline: `Beside ${formatNumber(top.value)} silent connections p99 is ${tails(top.cells)}; without any it is ${tails(without)}.`,
    lead: null,
    answers,
  };
}

function ofTopology(context: Context, name: string, cells: readonly Cell[]): string[] {
  const top = largest(context, cells, silentOf);
  const [most] = top?.cells ?? [];
  if (top === null || most === undefined) return [];
  if (top.value === 0) return [`${name}: the cells with silent connections have no valid replicate.`];
  const none = cells.find((cell) => silentOf(cell) === 0 && context.validOf(cell).length > 0);
  const of = (cell: Cell, pick: Parameters<typeof figureOf>[2]) =>
    figureOf(context, cell, pick, toObservedFigure)?.median;
  const beside =
    none === undefined
      ? ''
      : ` (without: ${duration(of(none, p99))}, ${formatNumber(of(none, memory))} MiB, ${formatNumber(of(none, descriptors))} descriptors)`;
  const gone = of(most, closed);
  return [
    `${name}, ${formatNumber(top.value)} silent: p99 ${duration(of(most, p99))}, ${formatNumber(of(most, memory))} MiB, ${formatNumber(of(most, descriptors))} descriptors${beside}; at most ${formatNumber(of(most, halfOpen))} half-open${gone === undefined ? '' : `, ${formatNumber(gone)} closed by the server`} (n = ${context.validOf(most).length}).`,
  ];
}

export function silentCharts(context: Context): (Chart | null)[] {
  const x = { title: 'silent connections', unit: '', scale: 'linear', of: silentOf } as const;
  return [
    curveChart(context, {
      id: 'silent-p99',
      title: 'p99 of those who speak, by silent connections',
      x,
      y: {
        title: 'p99',
        unit: 'ms',
        scale: 'log',
        of: (cell) => figureOf(context, cell, p99, toObservedFigure),
      },
      columns: [
        figureColumn('half-open', 'at most', ({ cell }) =>
          figure(figureOf(context, cell, halfOpen, toObservedFigure)),
        ),
        figureColumn('closed', 'by the server', ({ cell }) =>
          figure(figureOf(context, cell, closed, toObservedFigure)),
        ),
      ],
      toFinding: (points) => extremes(points, 'p99 is'),
    }),
    curveChart(context, {
      id: 'silent-memory',
      title: 'Memory of the server, by silent connections',
      x,
      y: { title: 'memory', unit: 'MiB', scale: 'linear', of: (cell) => figureOf(context, cell, memory) },
      columns: [
        figureColumn('descriptors', 'at most', ({ cell }) =>
          figure(figureOf(context, cell, descriptors, toObservedFigure)),
        ),
      ],
      toFinding: (points) => extremes(points, 'At most', 'MiB'),
    }),
  ];
}
