import type { Figure } from '../analysis/summary.ts';
import { absent, formatFigure, formatNumber } from '../text/number.ts';
import { toPlainLine } from '../text/plain.ts';

/**
 * What one cell of a table shows, and the figures it was made of, so that every renderer shows the same text and data can be
 * read back. Plain text: it may hold what a server or a user wrote.
 */
export type TableCell = {
  readonly text: string;
  /** What the column sorts by; null where there is no figure, absent where the cell is words. */
  readonly value?: number | null;
  /** The range or interval around `value`, and its number of values. */
  readonly low?: number;
  readonly high?: number;
  readonly n?: number;
};

export type TableColumn = {
  readonly title: string;
  /** Empty where the column names or counts. */
  readonly unit: string;
  readonly align: 'left' | 'right';
  /** A narrow sheet shows the figure alone, without its range. */
  readonly isBrief?: boolean;
};

/** A table that every renderer shows alike. `keys` is how many of the first columns name the row. */
export type Table = {
  readonly id: string;
  readonly title: string;
  /** One sentence: what the figures are. */
  readonly note: string;
  readonly keys: number;
  readonly columns: readonly TableColumn[];
  readonly rows: readonly (readonly TableCell[])[];
};

export const words = (text: string): TableCell => ({ text: toPlainLine(text) });

/** A figure as people read it; what is missing or not finite is `–`, never zero. */
export const number = (value: number | null | undefined): TableCell => ({
  text: formatNumber(value),
  value: finite(value),
});

export const count = (value: number): TableCell => ({ text: String(value), value });

/** Median and range over replicates. */
export function figure(found: Figure | null | undefined, format = formatFigure): TableCell {
  if (found === null || found === undefined) return { text: absent, value: null };
  return {
    text: format(found),
    value: finite(found.median),
    ...(Number.isFinite(found.min) && Number.isFinite(found.max) ? { low: found.min, high: found.max } : {}),
    n: found.n,
  };
}

/** A column definition with how to fill it: tables are lists of these over rows of anything. */
export type ColumnOf<Row> = TableColumn & { readonly cell: (row: Row) => TableCell };

export const textColumn = <Row>(title: string, cell: (row: Row) => string): ColumnOf<Row> => ({
  title,
  unit: '',
  align: 'left',
  cell: (row) => words(cell(row)),
});

export const figureColumn = <Row>(
  title: string,
  unit: string,
  cell: (row: Row) => TableCell,
): ColumnOf<Row> => ({ title, unit, align: 'right', cell });

export function toTable<Row>(
  about: Pick<Table, 'id' | 'title' | 'note' | 'keys'>,
  rows: readonly Row[],
  columns: readonly ColumnOf<Row>[],
): Table {
  return {
    ...about,
    columns: columns.map(({ cell: _, ...column }) => column),
    rows: rows.map((row) => columns.map((column) => column.cell(row))),
  };
}

function finite(value: number | null | undefined): number | null {
  return value !== null && value !== undefined && Number.isFinite(value) ? value : null;
}
