import { lengthOf } from './plain.ts';

export type Column<Row> = {
  readonly title: string;
  /** Printed under the title; empty where the column counts or names. */
  readonly unit: string;
  readonly align: 'left' | 'right';
  readonly cell: (row: Row) => string;
};

/** One table, as lines of equal length. The first two are the titles and the units. */
export type TextTable = { readonly lines: readonly string[] };

const gap = '  ';
const longestName = 32;

/**
 * Aligned tables of at most `width` characters: as many columns as fit go into one, the others into further tables, each with
 * the `keys` before them, so nothing is left out of a narrow terminal.
 */
export function layOut<Row>(
  keys: readonly Column<Row>[],
  columns: readonly Column<Row>[],
  rows: readonly Row[],
  width: number,
): TextTable[] {
  const fitted = keys.map((column) => fit(column, rows, longestName));
  const keyWidth = fitted.reduce((sum, column) => sum + column.width + gap.length, 0);
  const room = Math.max(1, width - keyWidth);
  const tables: TextTable[] = [];
  let taken: Fitted[] = [];
  let used = 0;
  for (const column of columns.map((each) => fit(each, rows, room))) {
    if (taken.length > 0 && used + gap.length + column.width > room) {
      tables.push(toTable([...fitted, ...taken]));
      taken = [];
      used = 0;
    }
    used += column.width + (taken.length > 0 ? gap.length : 0);
    taken.push(column);
  }
  return [...tables, toTable([...fitted, ...taken])];
}

type Fitted = { readonly width: number; readonly align: 'left' | 'right'; readonly texts: readonly string[] };

function fit<Row>(column: Column<Row>, rows: readonly Row[], most: number): Fitted {
  const texts = [column.title, column.unit, ...rows.map(column.cell)].map((text) => cut(text, most));
  return { width: Math.max(...texts.map(lengthOf)), align: column.align, texts };
}

function toTable(columns: readonly Fitted[]): TextTable {
  const height = Math.max(0, ...columns.map((column) => column.texts.length));
  const lines = Array.from({ length: height }, (_, row) =>
    columns.map((column) => pad(column.texts[row] ?? '', column)).join(gap),
  );
  return { lines };
}

function pad(text: string, { width, align }: Fitted): string {
  const space = ' '.repeat(Math.max(0, width - lengthOf(text)));
  return align === 'left' ? text + space : space + text;
}

function cut(text: string, most: number): string {
  const characters = [...text];
  return characters.length <= most ? text : `${characters.slice(0, most - 1).join('')}…`;
}
