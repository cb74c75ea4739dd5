import { isMeasured, type MeasuredReplicate } from '@acceptbench/results/replicate';
import { toFigure } from '../analysis/summary.ts';
import { loadName } from '../text/cell-name.ts';
import { environmentInWords, settingsInWords } from '../text/environment.ts';
import { glossary, method } from '../text/glossary.ts';
import { counted, formatNumber, formatRatio } from '../text/number.ts';
import { ratioTable } from './charts/forest.ts';
import { ecdfChart, percentileChart } from './charts/latency.ts';
import { queueOverTime, ratesOverTime } from './charts/over-time.ts';
import { waitsChart } from './charts/waits.ts';
import type { Comparisons } from './comparisons.ts';
import type { Context, LoadGroup } from './context.ts';
import type { Block, Section } from './section.ts';
import type { ReplicateSeries } from './series.ts';
import { count, figure, figureColumn, number, textColumn, toTable } from './table.ts';
import { toLoadTables } from './tables.ts';

/** More charts than this of one kind are folded away. */
const mostOpenCharts = 12;

/** Of more loads than this some are shown, from the lowest to the highest; the tables have all. */
const mostLoads = 8;

function someLoads({ groups }: Context): { readonly groups: readonly LoadGroup[]; readonly note: string } {
  if (groups.length <= mostLoads) return { groups, note: '' };
  const shown = Array.from({ length: mostLoads }, (_, index) =>
    groups.at(Math.round((index * (groups.length - 1)) / (mostLoads - 1))),
  ).filter((group) => group !== undefined);
  return {
    groups: shown,
    note: ` Of ${groups.length} loads ${shown.length} are shown; the tables have all.`,
  };
}

export function figuresSection(context: Context): Section {
  return {
    id: 'figures',
    title: 'All figures',
    blocks: context.groups.flatMap((group, index): Block[] =>
      toLoadTables(context, group, index).map((table) => ({ kind: 'table', table, isCollapsed: false })),
    ),
  };
}

/** Every ratio to the baseline, and what is said of it. */
export function comparisonsSection({
  ratios,
  margin,
  familySize,
  noise,
  baseline,
}: Comparisons): Section | null {
  if (ratios.length === 0 || baseline === null) return null;
  const judged =
    familySize === 0
      ? 'There is no interval with fewer than six blocks, so all of them are inconclusive.'
      : `Verdicts hold for all ${familySize} together (Holm), at 5 %; equivalent is within ±${formatNumber(margin * 100)} %.`;
  const seen = [...noise].map(([key, most]) => `${key} ×${formatRatio(most)}`);
  const floor =
    seen.length === 0
      ? 'The run has no A/A pair (--aa), so how far apart equal things come out was not measured.'
      : `Equal things came out up to this far apart (A/A): ${seen.join(', ')}.`;
  return {
    id: 'comparisons',
    title: 'Compared with the baseline',
    blocks: [
      { kind: 'text', text: `${baseline} ${judged} ${floor}` },
      { kind: 'table', table: ratioTable('ratios', ratios), isCollapsed: true },
    ],
  };
}

/** Where requests wait at each load, on the same axis. */
export function waitsByLoadSection(context: Context): Section | null {
  if (context.groups.length < 2) return null;
  const { groups, note } = someLoads(context);
  const charts = groups.flatMap((group, index) => {
    const chart = waitsChart(context, group.cells, {
      id: `waits-load${index + 1}`,
      title: `Where requests wait: ${group.title}`,
    });
    return chart === null ? [] : [chart];
  });
  if (charts.length < 2) return null;
  const most = Math.max(
    ...charts.map(({ drawing }) => (drawing.kind === 'stack' ? (drawing.axis.max ?? 0) : 0)),
  );
  const shared = charts.map((chart) =>
    chart.drawing.kind === 'stack'
      ? { ...chart, drawing: { ...chart.drawing, axis: { ...chart.drawing.axis, max: most } } }
      : chart,
  );
  return {
    id: 'waits-by-load',
    title: 'Where requests wait, by load',
    blocks: [
      { kind: 'text', text: `The axis is the same in all of them.${note}` },
      {
        kind: 'charts',
        charts: shared,
        summary: `${counted(shared.length, 'load')}`,
        isCollapsed: shared.length > mostOpenCharts,
      },
    ],
  };
}

/** How long requests took: all of them, and the tail. At one load each, as latency is compared only there. */
export function latencySection(context: Context): Section | null {
  const { groups, note } = someLoads(context);
  const charts = groups.flatMap((group, index) => [
    ecdfChart(context, group, index) ?? [],
    percentileChart(context, group, index) ?? [],
  ]);
  const shown = charts.flat();
  if (shown.length === 0) return null;
  return {
    id: 'latency',
    title: 'How long requests took',
    blocks: [
      ...(note === '' ? [] : [{ kind: 'text', text: note.trim() } as const]),
      {
        kind: 'charts',
        charts: shown,
        summary: counted(shown.length, 'chart'),
        isCollapsed: shown.length > mostOpenCharts,
        isLarge: shown.length <= mostOpenCharts,
      },
    ],
  };
}

/** One replicate of each cell over time: rates, and the accept queue. */
export function overTimeSection(context: Context, series: readonly ReplicateSeries[]): Section | null {
  if (series.length === 0) return null;
  const blocks = context.groups.flatMap((group): Block[] =>
    [
      { charts: ratesOverTime(context, group, series), what: 'Offered, accepted and completed' },
      { charts: queueOverTime(context, group, series), what: 'The accept queue' },
    ].flatMap(({ charts, what }): Block[] =>
      charts.length === 0
        ? []
        : [
            { kind: 'heading', text: `${what}: ${group.title}` },
            {
              kind: 'charts',
              charts,
              summary: counted(charts.length, 'chart'),
              isCollapsed: 2 * series.length > 2 * mostOpenCharts,
            },
          ],
    ),
  );
  const left = new Set(context.replicates.filter(isMeasured).map(({ cell }) => cell.id)).size - series.length;
  return {
    id: 'over-time',
    title: 'Over time',
    blocks: [
      {
        kind: 'text',
        text: `Of each cell one replicate, the valid one with the median response time, or where none is valid the first that was measured; the axes of a row are the same. The warm-up is shaded.${left > 0 ? ` Of ${counted(left, 'further cell')} the samples are in the run’s folder.` : ''}`,
      },
      ...blocks,
    ],
  };
}

/** Where a cell has several listeners: how even their queues are. */
export function balanceSection({ replicates }: Context): Section | null {
  const rows = replicates.flatMap((replicate) => {
    const listeners = isMeasured(replicate) ? (replicate.acceptQueue?.listeners ?? []) : [];
    if (listeners.length < 2) return [];
    return listeners.map((listener, index) => ({ replicate, listener, index }));
  });
  if (rows.length === 0) return null;
  const table = toTable(
    {
      id: 'listeners',
      title: 'Each listener',
      note: 'Its accept queue over the window, in connections.',
      keys: 3,
    },
    rows,
    [
      textColumn('cell', ({ replicate }) => replicate.cell.id),
      figureColumn('block', '', ({ replicate }) => count(replicate.block)),
      textColumn('listener', ({ listener, index }) => `${listener.address} #${index + 1}`),
      figureColumn('queue', 'mean', ({ listener }) => number(listener.mean)),
      figureColumn('max', 'conn', ({ listener }) => number(listener.max)),
      figureColumn('limit', 'conn', ({ listener }) => number(listener.limit)),
      figureColumn('waited', 'connection-s', ({ listener }) => number(listener.connectionSeconds)),
    ],
  );
  return {
    id: 'balance',
    title: 'Balance between listeners',
    blocks: [
      { kind: 'text', text: 'The kernel gives each connection to one listener, by a hash of its addresses.' },
      { kind: 'table', table, isCollapsed: rows.length > 24 },
    ],
  };
}

/** What the machine was doing: CPU, run queues, pressure. Of invalid replicates too, as it may be why. */
export function hostSection(context: Context): Section | null {
  const measured = Map.groupBy(context.replicates.filter(isMeasured), ({ cell }) => cell.id);
  const rows = context.cells.flatMap((cell) => {
    const replicates = measured.get(cell.id);
    return replicates === undefined ? [] : [{ cell, replicates }];
  });
  if (rows.length === 0) return null;
  type Cells = (typeof rows)[number];
  const column = (
    title: string,
    unit: string,
    pick: (replicate: MeasuredReplicate) => number | null | undefined,
  ) =>
    figureColumn<Cells>(title, unit, ({ replicates }) =>
      figure(toFigure(replicates.flatMap((each) => pick(each) ?? []))),
    );
  const share = (title: string, unit: string, pick: (cpu: MeasuredReplicate['cpu']) => number | null) =>
    column(title, unit, ({ cpu }) => {
      const seconds = pick(cpu);
      return seconds === null || cpu.spanSeconds <= 0 ? null : seconds / cpu.spanSeconds;
    });
  const table = toTable(
    {
      id: 'host',
      title: 'CPU and memory',
      note: 'Cores in use, and cores’ worth of waiting for one, over the window and until the server was idle: median (range) over all n replicates that were measured, valid or not.',
      keys: 2,
    },
    rows,
    [
      textColumn('cell', ({ cell }) => `${context.nameOf(cell)}, ${loadName(cell)}`),
      figureColumn('n', '', ({ replicates }) => count(replicates.length)),
      share('server', 'cores', (cpu) => cpu.serverSeconds),
      share('load', 'cores', (cpu) => cpu.loadSeconds),
      share('server waits', 'for a core', (cpu) => cpu.serverRunQueueSeconds),
      share('load waits', 'for a core', (cpu) => cpu.loadRunQueueSeconds),
      share('stolen', 'cores', (cpu) => cpu.stealSeconds),
      share('pressure', 'share of time', (cpu) => cpu.pressureSeconds),
      column('k6 lag p99', 'ms', ({ schedulingLagMs }) => schedulingLagMs?.p99),
      column('memory', 'MiB', ({ peak }) =>
        peak.serverRssBytes === null ? null : peak.serverRssBytes / 2 ** 20,
      ),
    ],
  );
  return {
    id: 'host',
    title: 'The machine meanwhile',
    blocks: [{ kind: 'table', table, isCollapsed: true }],
  };
}

export function readingSection({ run }: Context): Section {
  return {
    id: 'reading',
    title: 'How to read this',
    blocks: [
      { kind: 'text', text: run.experiment.howToRead },
      { kind: 'list', items: method },
      { kind: 'terms', terms: glossary },
    ],
  };
}

export function againSection({ run }: Context): Section {
  return {
    id: 'again',
    title: 'Environment, and how to run it again',
    blocks: [
      { kind: 'list', items: [...environmentInWords(run), ...settingsInWords(run)] },
      { kind: 'command', command: run.command },
      {
        kind: 'text',
        text: `Run ${run.id}, started ${run.startedAt}, with acceptbench ${run.acceptbenchVersion}.`,
      },
    ],
  };
}
