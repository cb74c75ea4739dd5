import { type Cell, offeredPerSecond } from '@acceptbench/results/cell';
import type { Replicate, ValidReplicate } from '@acceptbench/results/replicate';
import type { Run } from '@acceptbench/results/run';
import { withoutRate } from '../analysis/search.ts';
import { type CellSummary, type Figure, summarize, toFigure } from '../analysis/summary.ts';
import { loadName, topologyName, toVariants } from '../text/cell-name.ts';
import { formatNumber } from '../text/number.ts';
import type { Look } from './chart.ts';
import { toLooks } from './look.ts';

/** A planned cell and what its valid replicates say; null without one, so that no cell is left out of a table. */
export type Row = { readonly cell: Cell; readonly summary: CellSummary | null };

/** The cells of one load: only at equal load is latency compared. `title` is plain text. */
export type LoadGroup = { readonly title: string; readonly cells: readonly Cell[] };

/** A run with what every part of its report looks up, worked out once. */
export type Context = {
  readonly run: Run;
  readonly replicates: readonly Replicate[];
  /** The plan's cells, and those that replicates have besides (a search adds them), each once. */
  readonly cells: readonly Cell[];
  readonly rows: readonly Row[];
  readonly groups: readonly LoadGroup[];
  readonly lookOf: (cell: Pick<Cell, 'runtime'>) => Look;
  readonly summaryOf: (cell: Pick<Cell, 'id'>) => CellSummary | null;
  readonly validOf: (cell: Pick<Cell, 'id'>) => readonly ValidReplicate[];
  /** What sets a cell apart beyond runtime, topology and load; empty when nothing does. */
  readonly variantOf: (cell: Cell) => string;
  /** Runtime and topology, and what else sets the cell apart within the run; without its load. */
  readonly nameOf: (cell: Cell) => string;
};

export function toContext(run: Run, replicates: readonly Replicate[]): Context {
  const byId = new Map<string, Cell>();
  for (const cell of [...run.cells, ...replicates.map((replicate) => replicate.cell)]) {
    if (!byId.has(cell.id)) byId.set(cell.id, cell);
  }
  const cells = [...byId.values()];
  const valid = Map.groupBy(
    replicates.filter((replicate) => replicate.outcome === 'valid'),
    ({ cell }) => cell.id,
  );
  const variantOf = toVariants(cells);
  const summaries = new Map(summarize(replicates).map((summary) => [summary.cell.id, summary]));
  const summaryOf = ({ id }: Pick<Cell, 'id'>) => summaries.get(id) ?? null;
  const nameOf = (cell: Cell) => {
    const variant = variantOf(cell);
    return `${cell.runtime} ${topologyName(cell)}${variant === '' ? '' : ` (${variant})`}`;
  };
  return {
    run,
    replicates,
    cells,
    rows: cells.map((cell) => ({ cell, summary: summaryOf(cell) })),
    groups: run.experiment.design.kind === 'search' ? toSearchGroups(cells, nameOf) : toGroups(cells),
    lookOf: toLooks(cells),
    summaryOf,
    validOf: ({ id }) => valid.get(id) ?? [],
    variantOf,
    nameOf,
  };
}

function toGroups(cells: readonly Cell[]): LoadGroup[] {
  const groups = new Map<string, Cell[]>();
  for (const cell of cells) {
    const title = `${loadName(cell)}, ${Number(formatNumber(cell.load.durationSeconds))} s`;
    const group = groups.get(title);
    if (group === undefined) groups.set(title, [cell]);
    else group.push(cell);
  }
  return [...groups].map(([title, group]) => ({ title, cells: group }));
}

/** The steps of each search together: their rates are their own, so that by load each would stand alone. */
function toSearchGroups(cells: readonly Cell[], nameOf: (cell: Cell) => string): LoadGroup[] {
  return [...Map.groupBy(cells, withoutRate).values()].flatMap((group) => {
    const [first] = group;
    const rate = (cell: Cell) => offeredPerSecond(cell) ?? 0;
    return first === undefined
      ? []
      : [{ title: nameOf(first), cells: group.toSorted((a, b) => rate(a) - rate(b)) }];
  });
}

/** The highest rate that cells are offered; 0 where none has a rate. */
export function highestRate(cells: readonly Cell[]): number {
  return Math.max(0, ...cells.map((cell) => offeredPerSecond(cell) ?? 0));
}

/**
 * A figure of a cell that its summary does not have: median and range over valid replicates; null without one. A count or a
 * percentile is observed: never between two.
 */
export function figureOf(
  { validOf }: Context,
  cell: Pick<Cell, 'id'>,
  pick: (replicate: ValidReplicate) => number | null | undefined,
  toCenter: (values: readonly number[]) => Figure | null = toFigure,
): Figure | null {
  return toCenter(validOf(cell).flatMap((replicate) => pick(replicate) ?? []));
}
