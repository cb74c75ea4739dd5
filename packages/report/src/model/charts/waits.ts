import type { Cell } from '@acceptbench/results/cell';
import { StageName } from '@acceptbench/results/measurement';
import type { CellSummary } from '../../analysis/summary.ts';
import { topologyName } from '../../text/cell-name.ts';
import { counted, formatNumber } from '../../text/number.ts';
import { stageNames, stagePlaces } from '../../text/stage-name.ts';
import type { Chart, StackRow } from '../chart.ts';
import type { Context } from '../context.ts';
import { type ColumnOf, count, figure, figureColumn, textColumn, toTable } from '../table.ts';
import { range } from './rates.ts';

/** Where requests wait: the mean response time of each cell by stage. Null without a cell whose stages are known. */
export function waitsChart(
  context: Context,
  cells: readonly Cell[],
  { id, title }: Pick<Chart, 'id' | 'title'>,
): Chart | null {
  const found = cells.flatMap((cell) => context.summaryOf(cell) ?? []);
  const shown = found.filter(({ stagesMs }) => Object.keys(stagesMs).length > 0);
  if (shown.length === 0) return null;
  const largest = Math.max(...shown.map(({ responseMeanMs }) => responseMeanMs?.median ?? 0));
  return {
    id,
    title,
    finding: `${mostlyInWords(shown)}${sumsInWords(context, shown)}`,
    drawing: {
      kind: 'stack',
      axis: { title: 'mean response time, ms', scale: 'linear', min: 0, max: largest },
      rows: shown.map((summary) => toRow(context, summary)),
    },
    table: toTable(
      {
        id: `${id}-table`,
        title,
        note: 'Mean ms per completed request: median (range) of n valid replicates.',
        keys: 1,
      },
      shown,
      columns(context, shown),
    ),
  };
}

/** A bar further from the median response time than this is said to be. */
const sumTolerance = 0.05;

/** Where bars do not end at the response time beside them: medians of stages of replicates that are far apart. */
function sumsInWords(context: Context, shown: readonly CellSummary[]): string {
  const apart = shown.flatMap((summary) => {
    const sum = toRow(context, summary).segments.reduce((total, { value }) => total + value, 0);
    const response = summary.responseMeanMs?.median ?? 0;
    return sum <= 0 || Math.abs(sum - response) <= Math.max(1, sumTolerance * response)
      ? []
      : [`${context.nameOf(summary.cell)} ${formatNumber(sum)} ms`];
  });
  return apart.length === 0
    ? ''
    : ` Each stage is a median of its own, so the bars of replicates far apart do not end at the median response: ${apart.join(', ')}.`;
}

function toRow(context: Context, { cell, n, stagesMs, responseMeanMs }: CellSummary): StackRow {
  const segments = StageName.options.flatMap((stage) => {
    // A stage that came out slightly below zero has no length; the table has its figure.
    const value = Math.max(0, stagesMs[stage]?.median ?? 0);
    return value > 0 ? [{ stage, value }] : [];
  });
  return {
    label: context.nameOf(cell),
    look: context.lookOf(cell),
    segments,
    aside: `${formatNumber(responseMeanMs?.median)} ms, n = ${n}`,
  };
}

function columns(context: Context, shown: readonly CellSummary[]): ColumnOf<CellSummary>[] {
  const seen = StageName.options.filter((stage) =>
    shown.some(
      ({ stagesMs: { [stage]: found } }) => found !== undefined && (found.min !== 0 || found.max !== 0),
    ),
  );
  return [
    textColumn('cell', ({ cell }) => context.nameOf(cell)),
    figureColumn('n', '', ({ n }) => count(n)),
    figureColumn('response', 'ms', ({ responseMeanMs }) => figure(responseMeanMs)),
    ...seen.map((stage) =>
      figureColumn<CellSummary>(stageNames[stage], 'ms', ({ stagesMs }) => figure(stagesMs[stage])),
    ),
    figureColumn('residual', 'ms', ({ residualMs }) => figure(residualMs)),
  ];
}

/** A stage in which less than a tenth of the time goes by is not where requests wait. */
const notableShare = 0.1;

/** For each topology, where most of the response time goes by: `inline, in the accept queue (node 98 %, bun 99 %)`. */
export function mostlyInWords(shown: readonly CellSummary[]): string {
  const byTopology = new Map<string, Map<string, Share[]>>();
  for (const { cell, stagesMs, responseMeanMs } of shown) {
    const [longest] = StageName.options
      .flatMap((stage) => ({ stage, ms: stagesMs[stage]?.median ?? 0 }))
      .sort((a, b) => b.ms - a.ms);
    const response = responseMeanMs?.median ?? 0;
    if (longest === undefined || longest.ms < notableShare * response || response <= 0) continue;
    const name = topologyName(cell);
    const places = byTopology.get(name) ?? new Map<string, Share[]>();
    byTopology.set(name, places);
    const place = stagePlaces[longest.stage];
    const percent = Math.round((100 * longest.ms) / response);
    places.set(place, [...(places.get(place) ?? []), { runtime: cell.runtime, percent }]);
  }
  const clauses = [...byTopology].map(([topology, places]) => {
    const each = [...places].map(([place, shares]) => `${place} (${few(shares)})`);
    return `${topology}, ${each.join(' and ')}`;
  });
  return clauses.length === 0
    ? 'Where the time goes by was not measured.'
    : `Most of the time goes by: ${clauses.join('; ')}.`;
}

type Share = { readonly runtime: string; readonly percent: number };

/** Each runtime once, from the least to the most of its cells: `node 98 %, bun 99 to 100 %`. */
function few(shares: readonly Share[]): string {
  const byRuntime = [...Map.groupBy(shares, ({ runtime }) => runtime)];
  if (byRuntime.length > 4) return counted(shares.length, 'cell');
  return byRuntime
    .map(([runtime, each]) => `${runtime} ${range(each.map(({ percent }) => percent))} %`)
    .join(', ');
}
