import type { BenchmarkResult, Figure } from './figure.ts';

/** Under this many values the 99th percentile is only the highest value by another name. */
const fewestForP99 = 100;

/**
 * A number with three significant digits, and none of its whole digits lost: 0.953, 12.1, 140,211.
 *
 * @throws {RangeError} when it is not finite.
 */
export function formatNumber(value: number): string {
  if (!Number.isFinite(value))
    throw new RangeError(`formatNumber: got ${value}, accepted is a finite number`);
  const whole = Math.abs(value) < 1 ? 0 : Math.floor(Math.log10(Math.abs(value)));
  const digits = Math.max(0, 2 - whole) + (Math.abs(value) < 1 ? 1 : 0);
  return value.toLocaleString('en-US', { minimumFractionDigits: digits, maximumFractionDigits: digits });
}

/** A result as Markdown: a heading, what it is about, a table, notes. */
export function renderResult({ benchmark, about, figures, notes }: BenchmarkResult): string {
  const header = ['what', 'unit', 'n', 'median', 'p99', 'lowest … highest'];
  const rows = [header, ...figures.map(toCells)];
  const widths = header.map((_, column) => Math.max(2, ...rows.map((row) => (row[column] ?? '').length)));
  const line = (cells: readonly string[]) =>
    `| ${cells.map((cell, column) => (column < 2 ? cell.padEnd(widths[column] ?? 0) : cell.padStart(widths[column] ?? 0))).join(' | ')} |`;
  const rule = `| ${widths.map((width, column) => (column < 2 ? '-'.repeat(width) : `${'-'.repeat(width - 1)}:`)).join(' | ')} |`;
  const [first = [], ...others] = rows;
  const table = [line(first), rule, ...others.map(line)].join('\n');
  const list = notes.map((note) => `- ${note}`).join('\n');
  return [`## ${benchmark}`, about, table, list].filter((part) => part !== '').join('\n\n');
}

function toCells({ what, unit, n, median, p99, lowest, highest }: Figure): string[] {
  return [
    what,
    unit,
    String(n),
    formatNumber(median),
    n < fewestForP99 ? '' : formatNumber(p99),
    `${formatNumber(lowest)} … ${formatNumber(highest)}`,
  ];
}
