import type { Figure } from '../analysis/summary.ts';

/** What stands for a figure that is not there: never a zero. */
export const absent = '–';

/**
 * A figure in three digits or so, for people: `246`, `24.6`, `2.46`, `0.02`. Whatever is not a finite number is absent, and
 * what is too long for a column is in powers of ten.
 */
export function formatNumber(value: number | null | undefined): string {
  if (value === null || value === undefined || !Number.isFinite(value)) return absent;
  const size = Math.abs(value);
  if (size >= 1e7) return value.toExponential(1).replace('e+', 'e');
  if (Number.isInteger(value)) return String(value === 0 ? 0 : value);
  const text = value.toFixed(size >= 100 ? 0 : size >= 10 ? 1 : 2);
  return Number(text) === 0 ? '0' : text;
}

/** The median alone. */
export function formatMedian(figure: Figure | null | undefined): string {
  return formatNumber(figure?.median);
}

/** The median and the range: `246 (245–247)`, or the median alone where the range is not seen in its digits. */
export function formatFigure(figure: Figure | null | undefined): string {
  if (figure === null || figure === undefined) return absent;
  const [median, min, max] = [figure.median, figure.min, figure.max].map(formatNumber);
  return min === max ? `${median}` : `${median} (${formatRange(figure.min, figure.max)})`;
}

/** `245–247`; where a figure is below zero, `-0.41 to 0.03`. */
function formatRange(min: number, max: number): string {
  return `${formatNumber(min)}${min < 0 ? ' to ' : '–'}${formatNumber(max)}`;
}

/** A ratio in two decimals: `1.00`; from 10 on in three digits or so, as any figure. */
export function formatRatio(value: number): string {
  return value < 10 ? value.toFixed(2) : formatNumber(value);
}

/** `1 replicate`, `2 replicates`. */
export function counted(n: number, noun: string): string {
  return `${n} ${noun}${n === 1 ? '' : 's'}`;
}
