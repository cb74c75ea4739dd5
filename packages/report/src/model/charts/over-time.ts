import { type Cell, offeredPerSecond } from '@acceptbench/results/cell';
import { formatNumber } from '../../text/number.ts';
import type { Axis, Chart, LinePanel } from '../chart.ts';
import type { Context, LoadGroup } from '../context.ts';
import type { ReplicateSeries, SeriesStep } from '../series.ts';
import { figureColumn, number, type Table, toTable } from '../table.ts';

/** A drain that takes longer than so many windows is cut off in the picture; the table goes on. */
const mostWindows = 4;

type Shown = { readonly cell: Cell; readonly series: ReplicateSeries };

/** Offered, accepted and completed over time, a chart for each cell of a load, all on the same axes. */
export function ratesOverTime(context: Context, group: LoadGroup, all: readonly ReplicateSeries[]): Chart[] {
  const shown = shownOf(group, all);
  const most = Math.max(
    1,
    ...shown.flatMap(({ cell, series }) => [
      offeredPerSecond(cell) ?? 0,
      ...series.steps.flatMap((step) => [step.acceptedPerSecond ?? 0, step.completedPerSecond ?? 0]),
    ]),
  );
  return shown.map(({ cell, series }): Chart => {
    const id = `rates-${series.cellId}`;
    const offered = offeredPerSecond(cell);
    const line = (pick: (step: SeriesStep) => number | null) =>
      series.steps.map((step) => [(step.fromSeconds + step.toSeconds) / 2, pick(step)] as const);
    return {
      id: safe(id),
      title: titleOf(context, cell, series),
      finding: ratesFinding(series, offered),
      drawing: {
        kind: 'lines',
        x: timeAxis(shown),
        y: { title: 'per second', scale: 'linear', min: 0, max: most },
        panels: [
          {
            ...emptyPanel(series),
            lines: [
              ...(offered === null
                ? []
                : [
                    {
                      name: 'offered, req/s',
                      look: 'offered' as const,
                      points: [
                        [0, offered],
                        [series.windowSeconds, offered],
                      ] as const,
                    },
                  ]),
              { name: 'accepted, conn/s', look: 'accepted', points: line((step) => step.acceptedPerSecond) },
              {
                name: 'completed, req/s',
                look: context.lookOf(cell),
                points: line((step) => step.completedPerSecond),
                isDense: true,
              },
            ],
          },
        ],
      },
      table: stepsTable(`${safe(id)}-table`, titleOf(context, cell, series), series, offered),
    };
  });
}

/** The accept queue over time with its limit and overflows, a chart for each cell of a load, all on the same axes. */
export function queueOverTime(context: Context, group: LoadGroup, all: readonly ReplicateSeries[]): Chart[] {
  const shown = shownOf(group, all).filter(({ series }) => series.queue.length > 0);
  const limits = shown.map(({ series }) => series.queueLimit);
  const most = Math.max(
    1,
    ...shown.flatMap(({ series }) => series.queue.map(([, connections]) => connections)),
    // A limit far above all that was seen would press it flat: then it is said, not drawn.
    ...limits.filter((limit) => limit !== null && limit <= 1024).map(Number),
  );
  return shown.map(({ cell, series }, index): Chart => {
    const id = safe(`queue-${series.cellId}`);
    const limit = limits[index] ?? null;
    return {
      id,
      title: titleOf(context, cell, series),
      finding: queueFinding(series, limit),
      drawing: {
        kind: 'lines',
        x: timeAxis(shown),
        y: { title: 'connections waiting', scale: 'linear', min: 0, max: most },
        panels: [
          {
            ...emptyPanel(series),
            lines: [
              { name: 'accept queue', look: context.lookOf(cell), points: series.queue, isDense: true },
            ],
            levels:
              limit === null || limit > most ? [] : [{ name: `limit ${formatNumber(limit)}`, value: limit }],
            ticks: series.steps.flatMap(({ overflows, fromSeconds, toSeconds }) =>
              (overflows ?? 0) > 0 ? [(fromSeconds + toSeconds) / 2] : [],
            ),
          },
        ],
      },
      table: queueTable(`${id}-table`, titleOf(context, cell, series), series),
    };
  });
}

function shownOf({ cells }: LoadGroup, all: readonly ReplicateSeries[]): Shown[] {
  return cells.flatMap((cell) => {
    const series = all.find(({ cellId }) => cellId === cell.id);
    return series === undefined ? [] : [{ cell, series }];
  });
}

function titleOf(context: Context, cell: Cell, { block, isValid }: ReplicateSeries): string {
  return `${context.nameOf(cell)}, block ${block}${isValid ? '' : ' (invalid)'}`;
}

function timeAxis(shown: readonly Shown[]): Axis {
  const windows = Math.max(...shown.map(({ series }) => series.windowSeconds));
  const ends = shown.flatMap(({ series }) => series.steps.at(-1)?.toSeconds ?? 0);
  return {
    title: 's since the window’s start',
    scale: 'linear',
    min: Math.min(0, ...shown.map(({ series }) => Math.max(-windows, series.fromSeconds))),
    max: Math.min(mostWindows * windows, Math.max(windows, ...ends)),
  };
}

function emptyPanel({ fromSeconds }: ReplicateSeries): LinePanel {
  return {
    title: '',
    lines: [],
    levels: [],
    shaded: fromSeconds < 0 ? [{ from: fromSeconds, to: 0, name: 'warm-up' }] : [],
    ticks: [],
  };
}

function ratesFinding(
  { acceptedPerSecond, completedPerSecond }: ReplicateSeries,
  offered: number | null,
): string {
  const of = offered === null ? '' : ` of ${formatNumber(offered)} offered`;
  return `In the window, per second: ${formatNumber(acceptedPerSecond)} accepted, ${formatNumber(completedPerSecond)} completed${of}.`;
}

function queueFinding({ queue, steps, windowSeconds }: ReplicateSeries, limit: number | null): string {
  const most = Math.max(0, ...queue.map(([, connections]) => connections));
  const overflows = steps.reduce((sum, step) => sum + (step.overflows ?? 0), 0);
  const last = queue.findLast(([, connections]) => connections > 0)?.[0] ?? 0;
  const after = last - windowSeconds;
  const of = limit === null ? '' : ` of ${formatNumber(limit)}`;
  const drained = after > 0 ? `, empty ${formatNumber(after)} s after the window` : '';
  return `At most ${formatNumber(most)}${of} waiting${drained}; ${overflows === 0 ? 'no overflow' : `${formatNumber(overflows)} overflows`}.`;
}

function stepsTable(id: string, title: string, series: ReplicateSeries, offered: number | null): Table {
  return toTable({ id, title, note: 'Per second, in steps.', keys: 1 }, series.steps, [
    figureColumn('from', 's', ({ fromSeconds }) => number(fromSeconds)),
    figureColumn('offered', 'req/s', ({ fromSeconds, toSeconds }) =>
      number(fromSeconds < -1e-9 || toSeconds > series.windowSeconds + 1e-9 ? null : offered),
    ),
    figureColumn('accepted', 'conn/s', (step) => number(step.acceptedPerSecond)),
    figureColumn('completed', 'req/s', (step) => number(step.completedPerSecond)),
  ]);
}

function queueTable(id: string, title: string, series: ReplicateSeries): Table {
  return toTable({ id, title, note: 'Connections waiting, in steps.', keys: 1 }, series.steps, [
    figureColumn('from', 's', ({ fromSeconds }) => number(fromSeconds)),
    figureColumn('queue', 'most', (step) => number(step.queueMax)),
    figureColumn('overflows', 'conn', (step) => number(step.overflows)),
  ]);
}

/** An id that a page and a reference within it can have. */
const safe = (id: string) => id.replaceAll(/[^A-Za-z0-9_-]/g, '_');
