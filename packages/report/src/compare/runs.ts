import type { Cell } from '@acceptbench/results/cell';
import type { Replicate } from '@acceptbench/results/replicate';
import type { Run } from '@acceptbench/results/run';
import { basesOf } from '../analysis/search.ts';
import type { Side } from '../statistics/compareCells.ts';

/** A run that is compared. */
export type ComparedRun = {
  /** What a reader calls it; plain text. */
  readonly label: string;
  readonly run: Run;
  readonly replicates: readonly Replicate[];
};

/** Two cells that can be compared, of two runs or of one. */
export type CellPair = {
  readonly base: Cell;
  readonly head: Cell;
  readonly baseSide: Side;
  readonly headSide: Side;
};

/** A cell that both sides have, under one name, with something in it that is not the same. */
export type Incomparable = { readonly cellId: string; readonly why: string };

/** Base against one head: what can be compared, and by name all that can't. */
export type Matched = {
  readonly headLabel: string;
  /** The head's run, which may be the base's. */
  readonly run: Run;
  readonly pairs: readonly CellPair[];
  readonly incomparable: readonly Incomparable[];
  readonly onlyInBase: readonly string[];
  readonly onlyInHead: readonly string[];
};

/** The plan's cells, and those that its replicates have besides, each once. Of a search, those that it begins with. */
export function cellsOf({ run, replicates }: ComparedRun): Cell[] {
  if (run.experiment.design.kind === 'search') return basesOf(run.cells);
  const cells = new Map<string, Cell>();
  for (const cell of [...run.cells, ...replicates.map((replicate) => replicate.cell)]) {
    if (!cells.has(cell.id)) cells.set(cell.id, cell);
  }
  return [...cells.values()];
}

/** Cells of two runs, matched by their ids. */
export function matchRuns(base: ComparedRun, head: ComparedRun): Matched {
  const baseCells = cellsOf(base);
  const headCells = cellsOf(head);
  const heads = new Map(headCells.map((cell) => [cell.id, cell]));
  const baseIds = new Set(baseCells.map(({ id }) => id));
  const pairs: CellPair[] = [];
  const incomparable: Incomparable[] = [];
  for (const cell of baseCells) {
    const other = heads.get(cell.id);
    if (other === undefined) continue;
    const why = differenceInWords(cell, other);
    if (why !== null) incomparable.push({ cellId: cell.id, why });
    else pairs.push(toPair(base, cell, head, other));
  }
  return {
    headLabel: head.label,
    run: head.run,
    pairs,
    incomparable,
    onlyInBase: baseCells.flatMap(({ id }) => (heads.has(id) ? [] : [id])),
    onlyInHead: headCells.flatMap(({ id }) => (baseIds.has(id) ? [] : [id])),
  };
}

export function toPair(base: ComparedRun, baseCell: Cell, head: ComparedRun, headCell: Cell): CellPair {
  const side = ({ label, replicates }: ComparedRun, { id }: Cell): Side => ({
    name: label,
    cellIds: [id],
    replicates,
  });
  return { base: baseCell, head: headCell, baseSide: side(base, baseCell), headSide: side(head, headCell) };
}

/** What two cells differ in beside their names and the fields in `but`: `work.iterations 3541000 and 3600000`; null for nothing. */
export function differenceInWords(one: Cell, other: Cell, but: readonly (keyof Cell)[] = []): string | null {
  const [a, b] = [one, other].map((cell) => {
    const kept = Object.entries(cell).filter(
      ([field]) => field !== 'id' && !but.some((each) => each === field),
    );
    return new Map(kept.flatMap(([field, value]) => leavesOf(field, value)));
  });
  if (a === undefined || b === undefined) return null;
  const differing = [...new Set([...a.keys(), ...b.keys()])].filter((path) => a.get(path) !== b.get(path));
  if (differing.length === 0) return null;
  return differing.map((path) => `${path} ${a.get(path) ?? 'none'} and ${b.get(path) ?? 'none'}`).join(', ');
}

/** `['load.ratePerSecond', '325']` and so on. */
function leavesOf(path: string, value: unknown): [string, string][] {
  if (typeof value !== 'object' || value === null) return [[path, String(value)]];
  return Object.entries(value).flatMap(([field, each]) => leavesOf(`${path}.${field}`, each));
}
