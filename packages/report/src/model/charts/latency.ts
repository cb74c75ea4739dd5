import type { Cell } from '@acceptbench/results/cell';
import type { Histogram } from '@acceptbench/results/load';
import type { ValidReplicate } from '@acceptbench/results/replicate';
import { type Figure, toObservedFigure } from '../../analysis/summary.ts';
import { topologyName } from '../../text/cell-name.ts';
import { formatNumber } from '../../text/number.ts';
import type { Chart, Line, LinePanel } from '../chart.ts';
import type { Context, LoadGroup } from '../context.ts';
import { count, figure, figureColumn, textColumn, toTable } from '../table.ts';
import { decades } from './curve.ts';
import { toPlaces } from './panels.ts';

type Measured = { readonly cell: Cell; readonly replicates: readonly ValidReplicate[] };

/** Shares that a table lists, and a logarithmic percentile axis has points at. */
const listed = [0.1, 0.25, 0.5, 0.75, 0.9, 0.95, 0.99] as const;
const tail = [0.5, 0.75, 0.9, 0.95, 0.99, 0.999] as const;

/**
 * The share of requests that were answered within so many ms. Nothing is pooled: at each bound it is the median of what the
 * replicates show. Null where the load generator told of no sizes.
 */
export function ecdfChart(context: Context, group: LoadGroup, index: number): Chart | null {
  const measured = measuredOf(context, group).filter(({ replicates }) =>
    replicates.some(({ responseHistogram }) => responseHistogram !== null),
  );
  if (measured.length === 0) return null;
  const id = `ecdf-load${index + 1}`;
  const panels = toPanels(context, measured, ecdfPoints);
  return {
    id,
    title: `Share answered within a time: ${group.title}`,
    finding: spread(measured, 'Half of the requests are answered within', (each) => quantile(each, 0.5)),
    drawing: {
      kind: 'lines',
      x: { title: 'response time, ms', ...decades(valuesOf(panels, 0)) },
      y: { title: 'share of requests, %', scale: 'linear', min: 0, max: 100 },
      panels,
    },
    table: toTable(
      {
        id: `${id}-table`,
        title: 'Time within which a share was answered',
        note: 'ms, to the bounds of the buckets that k6 counted in: median (range) of n.',
        keys: 1,
      },
      measured,
      [
        textColumn('cell', ({ cell }) => context.nameOf(cell)),
        figureColumn('n', '', ({ replicates }) => count(replicates.length)),
        ...listed.map((share) =>
          figureColumn<Measured>(`${share * 100} %`, 'ms', (each) => figure(quantile(each, share))),
        ),
      ],
    ),
  };
}

/** Response time by percentile, the tail drawn out: each nine is as wide as the one before. */
export function percentileChart(context: Context, group: LoadGroup, index: number): Chart | null {
  const measured = measuredOf(context, group);
  if (measured.length === 0) return null;
  const id = `percentiles-load${index + 1}`;
  const { design } = context.run.experiment;
  const levels =
    design.kind === 'search'
      ? design.objectives.map(({ p99Ms }) => ({ name: `objective ${p99Ms} ms`, value: p99Ms }))
      : [];
  const panels = toPanels(context, measured, percentilePoints, true).map((panel) => ({ ...panel, levels }));
  return {
    id,
    title: `Response time by percentile: ${group.title}`,
    finding: spread(measured, 'p99 is', (each) => percentile(each, 'p99')),
    drawing: {
      kind: 'lines',
      x: { title: 'percentile', scale: 'log', min: 2, max: 1000 },
      y: { title: 'response time, ms', ...decades(valuesOf(panels, 1)) },
      panels,
      isPercentile: true,
    },
    table: toTable(
      {
        id: `${id}-table`,
        title: 'Percentiles of the response time',
        note: 'ms: of the replicates’ percentiles the middle one (range), never an average; n replicates.',
        keys: 1,
      },
      measured,
      [
        textColumn('cell', ({ cell }) => context.nameOf(cell)),
        figureColumn('n', '', ({ replicates }) => count(replicates.length)),
        ...(['p50', 'p90', 'p99', 'max'] as const).map((name) =>
          figureColumn<Measured>(name, 'ms', (each) => figure(percentile(each, name))),
        ),
      ],
    ),
  };
}

function measuredOf({ replicates }: Context, { cells }: LoadGroup): Measured[] {
  return cells.flatMap((cell) => {
    const valid = replicates.filter(
      (replicate): replicate is ValidReplicate =>
        replicate.outcome === 'valid' && replicate.cell.id === cell.id && replicate.requests.completed > 0,
    );
    return valid.length === 0 ? [] : [{ cell, replicates: valid }];
  });
}

type Points = Line['points'];

function toPanels(
  context: Context,
  measured: readonly Measured[],
  pointsOf: (measured: Measured) => Points,
  hasSymbols = false,
): LinePanel[] {
  const placeOf = toPlaces(
    measured.map(({ cell }) => cell),
    context.variantOf,
  );
  return [...Map.groupBy(measured, ({ cell }) => placeOf(cell).panel)].map(([title, group]) => ({
    title,
    lines: group.map((each) => ({
      name: placeOf(each.cell).line,
      look: context.lookOf(each.cell),
      points: pointsOf(each),
      hasSymbols,
    })),
    levels: [],
    shaded: [],
    ticks: [],
  }));
}

/** The values of all panels along one dimension; of y with ranges and levels. */
function valuesOf(panels: readonly LinePanel[], dimension: 0 | 1): number[] {
  return panels
    .flatMap(({ lines, levels }) => [
      ...lines.flatMap(({ points }) =>
        points.flatMap((point) => [point[dimension] ?? 0, ...(dimension === 1 ? point.slice(2) : [])]),
      ),
      ...(dimension === 1 ? levels.map(({ value }) => value) : []),
    ])
    .filter((value): value is number => typeof value === 'number');
}

/** Of each bound where some share changes, the median of the shares; from the last bound with none to the first with all. */
function ecdfPoints({ replicates }: Measured): Points {
  const histograms = replicates.flatMap(({ responseHistogram }) => responseHistogram ?? []);
  const bounds = [...new Set(histograms.flatMap(({ upperBoundsMs }) => upperBoundsMs))].sort((a, b) => a - b);
  const shares = histograms.map(cumulative);
  const points = bounds.flatMap((bound): [number, number][] => {
    const found = toObservedFigure(shares.map((shareAt) => 100 * shareAt(bound)));
    return found === null ? [] : [[bound, found.median]];
  });
  const first = points.findIndex(([, share]) => share > 0);
  const full = points.findIndex(([, share]) => share >= 100);
  return thinned(points.slice(Math.max(0, first - 1), full === -1 ? undefined : full + 1));
}

/** Without the points that change the picture by less than a line's width: half a per cent. */
function thinned(points: readonly [number, number][]): [number, number][] {
  let shown = Number.NEGATIVE_INFINITY;
  return points.filter(([, share], index) => {
    if (index > 0 && index < points.length - 1 && share - shown < 0.5) return false;
    shown = share;
    return true;
  });
}

function cumulative({ upperBoundsMs, counts }: Histogram): (boundMs: number) => number {
  const total = counts.reduce((sum, each) => sum + each, 0);
  let sum = 0;
  const atBound = new Map(
    upperBoundsMs.map((bound, index) => {
      sum += counts[index] ?? 0;
      return [bound, total === 0 ? 0 : sum / total] as const;
    }),
  );
  return (boundMs) => atBound.get(boundMs) ?? 0;
}

function percentilePoints(measured: Measured): Points {
  return tail.flatMap((share): [number, number, number, number][] => {
    const exact = exactNames.get(share);
    const found = exact === undefined ? quantile(measured, share) : percentile(measured, exact);
    return found === null || found.median <= 0 ? [] : [[1 / (1 - share), found.median, found.min, found.max]];
  });
}

const exactNames = new Map<number, 'p50' | 'p90' | 'p99'>([
  [0.5, 'p50'],
  [0.9, 'p90'],
  [0.99, 'p99'],
]);

function percentile({ replicates }: Measured, name: 'p50' | 'p90' | 'p99' | 'max'): Figure | null {
  return toObservedFigure(replicates.map(({ responseTimeMs }) => responseTimeMs[name]));
}

/** The bound within which a share was answered; null where a replicate has too few requests for that, or no histogram. */
function quantile({ replicates }: Measured, share: number): Figure | null {
  const values = replicates.flatMap(({ responseHistogram, requests, responseTimeMs }) => {
    if (responseHistogram === null || requests.completed * (1 - share) < 1) return [];
    const { upperBoundsMs, counts } = responseHistogram;
    const total = counts.reduce((sum, each) => sum + each, 0);
    let sum = 0;
    const at = counts.findIndex((each) => {
      sum += each;
      return sum >= share * total;
    });
    return at === -1 ? [] : [Math.min(upperBoundsMs[at] ?? responseTimeMs.max, responseTimeMs.max)];
  });
  return values.length < replicates.length ? null : toObservedFigure(values);
}

/** `p99 is 6.23 ms (bun inline) to 943 ms (node inline).` */
function spread(
  measured: readonly Measured[],
  words: string,
  of: (measured: Measured) => Figure | null,
): string {
  const found = measured
    .flatMap((each) => {
      const value = of(each);
      return value === null
        ? []
        : [{ name: `${each.cell.runtime} ${topologyName(each.cell)}`, ms: value.median }];
    })
    .sort((a, b) => a.ms - b.ms);
  const [least, most] = [found[0], found.at(-1)];
  if (least === undefined || most === undefined) return 'The tail is too thin to say.';
  if (least === most) return `${words} ${formatNumber(least.ms)} ms (${least.name}).`;
  return `${words} ${formatNumber(least.ms)} ms (${least.name}) to ${formatNumber(most.ms)} ms (${most.name}).`;
}
