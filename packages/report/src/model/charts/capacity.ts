import { basesOf, type Search, toSearches, withoutRate } from '../../analysis/search.ts';
import { toFigure } from '../../analysis/summary.ts';
import { formatNumber } from '../../text/number.ts';
import type { Chart, DotRow } from '../chart.ts';
import type { Context } from '../context.ts';
import { count, figureColumn, number, textColumn, toTable } from '../table.ts';
import { range } from './rates.ts';

/** A search with the ceiling of its cell, per second; null where the server does not say what the work takes. */
type Found = { readonly search: Search; readonly ceiling: number | null };

function searchesOf({ run, replicates, cells, validOf }: Context): Found[] {
  const ceilings = new Map(
    basesOf(run.cells).map((base) => {
      const steps = cells.filter((cell) => withoutRate(cell) === withoutRate(base));
      const seen = steps.flatMap((cell) =>
        validOf(cell).flatMap(({ ceilingPerSecond }) => ceilingPerSecond ?? []),
      );
      return [base.id, toFigure(seen)?.median ?? null] as const;
    }),
  );
  return toSearches(run, replicates).map((search) => ({
    search,
    ceiling: ceilings.get(search.base.id) ?? null,
  }));
}

/** Capacity with its interval, and the ceiling, for each objective by itself. */
export function capacityCharts(context: Context): Chart[] {
  return [...Map.groupBy(searchesOf(context), ({ search }) => search.objective.p99Ms)].map(([p99Ms, group]) =>
    capacityChart(context, p99Ms, group),
  );
}

function capacityChart(context: Context, p99Ms: number, group: readonly Found[]): Chart {
  const id = `capacity-${String(p99Ms).replaceAll(/\W/g, '_')}`;
  const title = `Capacity: the highest rate with p99 within ${formatNumber(p99Ms)} ms`;
  const rows = group.map((found) => toRow(context, found));
  const most = Math.max(1, ...rows.flatMap(({ high, mark }) => [high ?? 0, mark ?? 0]));
  const moved = (search: Search, pick: (move: Extract<Search['move'], { state: 'found' }>) => number) =>
    number(search.move.state === 'found' ? pick(search.move) : null);
  return {
    id,
    title,
    finding: toFinding(group),
    drawing: {
      kind: 'dots',
      axis: {
        title: 'capacity with 95 % interval, and ceiling (bar), req/s',
        scale: 'linear',
        min: 0,
        max: most,
      },
      rows,
      reference: null,
      bands: [],
      markName: 'ceiling',
    },
    table: toTable(
      { id: `${id}-table`, title, note: 'The 95 % credible interval of the search over n steps.', keys: 1 },
      group,
      [
        textColumn('cell', ({ search }) => context.nameOf(search.base)),
        figureColumn('n', 'steps', ({ search }) => count(search.history.length)),
        figureColumn('capacity', 'req/s', ({ search }) => moved(search, (move) => move.capacityPerSecond)),
        figureColumn('from', 'req/s', ({ search }) => moved(search, (move) => move.lowPerSecond)),
        figureColumn('to', 'req/s', ({ search }) => moved(search, (move) => move.highPerSecond)),
        figureColumn('ceiling', 'req/s', ({ ceiling }) => number(ceiling)),
        textColumn('search', ({ search }) => stateOf(search)),
      ],
    ),
  };
}

function toRow(context: Context, { search, ceiling }: Found): DotRow {
  const { move, base } = search;
  const found = move.state === 'found' ? move : null;
  return {
    label: context.nameOf(base),
    look: context.lookOf(base),
    value: found?.capacityPerSecond ?? null,
    low: found?.lowPerSecond ?? null,
    high: found?.highPerSecond ?? null,
    aside: found === null ? stateOf(search) : `${formatNumber(found.capacityPerSecond)} req/s`,
    mark: ceiling,
  };
}

function stateOf({ move }: Search): string {
  switch (move.state) {
    case 'found':
      return move.isConfirmed ? '✓ confirmed' : '~ not confirmed';
    case 'never-passes':
      return '✗ never met';
    case 'never-fails':
      return '> always met';
    case 'gave-up':
      return '✗ gave up';
    case 'step':
      return '… not finished';
  }
}

function toFinding(group: readonly Found[]): string {
  const shares = group.flatMap(({ search: { move }, ceiling }) =>
    move.state === 'found' && ceiling !== null ? [(100 * move.capacityPerSecond) / ceiling] : [],
  );
  return shares.length === 0
    ? 'No search has found a capacity.'
    : `Capacity is ${range(shares)} % of the ceiling.`;
}
