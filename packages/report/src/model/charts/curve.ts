import type { Cell } from '@acceptbench/results/cell';
import type { Figure } from '../../analysis/summary.ts';
import { type Trait, topologyName, toVariants } from '../../text/cell-name.ts';
import type { Axis, Chart, Line, LinePanel } from '../chart.ts';
import type { Context } from '../context.ts';
import { type ColumnOf, count, figure, figureColumn, number, textColumn, toTable } from '../table.ts';
import { toPlaces } from './panels.ts';
import { linearRange } from './range.ts';

/** One figure of cells against what they were given: a panel for each topology, a line for each runtime. */
export type Curve = {
  readonly id: string;
  readonly title: string;
  /** What the cells were given; null for a cell that has none of it, which is left out. */
  readonly x: {
    readonly title: string;
    readonly unit: string;
    readonly scale: Axis['scale'];
    readonly of: (cell: Cell) => number | null;
  };
  readonly y: {
    readonly title: string;
    readonly unit: string;
    readonly scale: Axis['scale'];
    readonly of: (cell: Cell) => Figure | null;
  };
  /** What x stands for, so that it tells no lines apart. */
  readonly traits?: readonly Trait[];
  /** The line y = x, where both are the same rate. */
  readonly diagonal?: string;
  /** Further columns of the table. */
  readonly columns?: readonly ColumnOf<CurvePoint>[];
  readonly toFinding: (points: readonly CurvePoint[]) => string;
};

export type CurvePoint = { readonly cell: Cell; readonly x: number; readonly y: Figure };

/** Null without a point. */
export function curveChart(context: Context, curve: Curve): Chart | null {
  const points = context.cells.flatMap((cell): CurvePoint[] => {
    const [x, y] = [curve.x.of(cell), curve.y.of(cell)];
    return x === null || y === null ? [] : [{ cell, x, y }];
  });
  if (points.length === 0) return null;
  // Beside a diagonal both axes are one.
  const both =
    curve.diagonal === undefined ? null : linearRange(points.flatMap(({ x, y }) => [x, y.min, y.max]));
  const variantOf = toVariants(context.cells, curve.traits ?? []);
  const withVariant = (name: string, cell: Cell) => {
    const variant = variantOf(cell);
    return variant === '' ? name : `${name} (${variant})`;
  };
  return {
    id: curve.id,
    title: curve.title,
    finding: curve.toFinding(points),
    drawing: {
      kind: 'lines',
      ...toAxes(curve, points, both),
      panels: toPanels(context, curve, points, variantOf, both),
    },
    table: toTable(
      { id: `${curve.id}-table`, title: curve.title, note: 'Median (range) of n valid replicates.', keys: 2 },
      points,
      [
        textColumn('cell', ({ cell }) => withVariant(`${cell.runtime} ${topologyName(cell)}`, cell)),
        figureColumn(curve.x.title, curve.x.unit, ({ x }) => number(x)),
        figureColumn('n', '', ({ y }) => count(y.n)),
        figureColumn(curve.y.title, curve.y.unit, ({ y }) => figure(y)),
        ...(curve.columns ?? []),
      ],
    ),
  };
}

type Range = ReturnType<typeof linearRange>;

function toAxes({ x, y }: Curve, points: readonly CurvePoint[], both: Range | null): { x: Axis; y: Axis } {
  const xs = points.map((point) => point.x);
  const ys = points.flatMap(({ y: { min, max } }) => [min, max]);
  const axis = (
    { title, unit, scale }: Curve['x'] | Curve['y'],
    values: readonly number[],
    alone: Range,
  ): Axis => ({
    title: unit === '' ? title : `${title}, ${unit}`,
    ...(scale === 'log' ? decades(values) : { scale, ...(both ?? alone) }),
  });
  return { x: axis(x, xs, linearRange(xs)), y: axis(y, ys, { min: 0, max: Math.max(...ys) }) };
}

/** From a power of ten to another, within what may have been measured. */
export function decades(values: readonly number[]): Pick<Axis, 'scale' | 'min' | 'max'> {
  const exponents = values.flatMap((value) =>
    value > 0 ? [Math.min(9, Math.max(-3, Math.log10(value)))] : [],
  );
  const from = exponents.length === 0 ? 0 : Math.floor(Math.min(...exponents));
  const to = exponents.length === 0 ? 1 : Math.ceil(Math.max(...exponents));
  return { scale: 'log', min: 10 ** from, max: 10 ** Math.max(from + 1, to) };
}

function toPanels(
  context: Context,
  { x, y, diagonal = '' }: Curve,
  points: readonly CurvePoint[],
  variantOf: (cell: Cell) => string,
  both: Range | null,
): LinePanel[] {
  const placeOf = toPlaces(
    points.map(({ cell }) => cell),
    variantOf,
  );
  const even: Line[] =
    both === null
      ? []
      : [
          {
            name: diagonal,
            look: 'offered',
            points: [
              [both.min, both.min],
              [both.max, both.max],
            ],
          },
        ];
  // A logarithmic axis has no place for what is not above 0; the table has it.
  const isShown = (point: CurvePoint) =>
    (x.scale !== 'log' || point.x > 0) && (y.scale !== 'log' || point.y.median > 0);
  const byPanel = Map.groupBy(points, ({ cell }) => placeOf(cell).panel);
  return [...byPanel].map(([title, group]): LinePanel => {
    const byName = Map.groupBy(group.filter(isShown), ({ cell }) => placeOf(cell).line);
    const lines = [...byName].flatMap(([name, each]): Line[] => {
      const first = each[0];
      if (first === undefined) return [];
      const drawn = each
        .toSorted((a, b) => a.x - b.x)
        .map((point) => [point.x, point.y.median, point.y.min, point.y.max] as const);
      return [{ name, look: context.lookOf(first.cell), points: drawn, hasSymbols: true }];
    });
    return { title, lines: [...even, ...lines], levels: [], shaded: [], ticks: [] };
  });
}
