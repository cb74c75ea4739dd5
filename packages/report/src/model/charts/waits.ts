import type { Cell } from '@acceptbench/results/cell';
import { StageName } from '@acceptbench/results/measurement';
import type { CellSummary } from '../../analysis/summary.ts';
import { topologyName } from '../../text/cell-name.ts';
import { counted, formatNumber } from '../../text/number.ts';
import { stageNames, stagePlaces } from '../../text/stage-name.ts';
import type { Chart, StackRow } from '../chart.ts';
import type { Context } from '../context.ts';
import { type ColumnOf, count, figure, figureColumn, textColumn, toTable } from '../table.ts';

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
    finding: mostlyInWords(shown),
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
  const byTopology = new Map<string, Map<string, string[]>>();
  for (const { cell, stagesMs, responseMeanMs } of shown) {
    const [longest] = StageName.options
      .flatMap((stage) => ({ stage, ms: stagesMs[stage]?.median ?? 0 }))
      .sort((a, b) => b.ms - a.ms);
    const response = responseMeanMs?.median ?? 0;
    if (longest === undefined || longest.ms < notableShare * response || response <= 0) continue;
    const name = topologyName(cell);
    const places = byTopology.get(name) ?? new Map<string, string[]>();
    byTopology.set(name, places);
    const place = stagePlaces[longest.stage];
    const share = `${cell.runtime} ${formatNumber(Math.round((100 * longest.ms) / response))} %`;
    places.set(place, [...(places.get(place) ?? []), share]);
  }
  const clauses = [...byTopology].map(([topology, places]) => {
    const each = [...places].map(([place, shares]) => `${place} (${few(shares)})`);
    return `${topology}, ${each.join(' and ')}`;
  });
  return clauses.length === 0
    ? 'Where the time goes by was not measured.'
    : `Most of the time goes by: ${clauses.join('; ')}.`;
}

const few = (shares: readonly string[]) =>
  shares.length <= 4 ? shares.join(', ') : counted(shares.length, 'cell');
