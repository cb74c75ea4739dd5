import type { Paint } from './palette.ts';

/** px: what every chart has alike. */
export const fontSize = 12;
export const narrowBelow = 480;

/** From here on a character is as wide as it is high: Chinese, Japanese and Korean. */
const firstWide = '\u2E80';

/** Width of a text in px, on the safe side: no font is at hand to measure with. */
export function widthOf(text: string): number {
  return Math.ceil([...text].reduce((sum, character) => sum + (character < firstWide ? 6.6 : fontSize), 0));
}

export const cut = (text: string, most: number) => {
  const characters = [...text];
  return characters.length <= most ? text : `${characters.slice(0, Math.max(1, most - 1)).join('')}…`;
};

/** A legend's height: its entries wrap where a line is full. */
export function legendHeight(names: readonly string[], width: number): number {
  let lines = 1;
  let used = 0;
  for (const name of names) {
    const entry = 16 + 6 + widthOf(name) + 12;
    if (used > 0 && used + entry > width) {
      lines += 1;
      used = 0;
    }
    used += entry;
  }
  return names.length === 0 ? 0 : lines * 20 + 8;
}

export const textStyle = (paint: Paint) => ({ color: paint('ink'), fontSize });

/** An axis of values with a title, and no more lines than are read. */
export function axisStyle(paint: Paint, title: string) {
  return {
    name: title,
    nameLocation: 'middle' as const,
    nameTextStyle: { color: paint('muted'), fontSize },
    axisLine: { show: true, lineStyle: { color: paint('muted') } },
    axisTick: { show: true, length: 3, lineStyle: { color: paint('muted') } },
    splitNumber: 4,
    axisLabel: { color: paint('muted'), fontSize: fontSize - 1, hideOverlap: true },
    splitLine: { show: true, lineStyle: { color: paint('grid') } },
    minorTick: { show: false },
  };
}

/** Without what binary fractions add. */
const tidy = (value: number) => Number(value.toPrecision(12));

/** Round ends of an axis from 0, each with a number of equal parts that are round as well. */
const roundEnds = [
  [1, 5],
  [1.5, 3],
  [2, 4],
  [2.5, 5],
  [3, 3],
  [4, 4],
  [5, 5],
  [6, 3],
  [8, 4],
  [10, 5],
] as const;

/**
 * The end of a linear axis: the least round number at or above a value, 1 for what is too small to have an axis of its own; and
 * where the axis begins at 0, or at a round number above it, its ticks, the last of them at the end.
 */
export function upTo(value: number, min = 0): { readonly max: number; readonly interval?: number } {
  if (min > 0 && value > min) {
    const { max: span, interval } = upTo(tidy(value - min));
    return { max: tidy(min + span), ...(interval === undefined ? {} : { interval: tidy(interval) }) };
  }
  const isSmall = !(value > 1e-6) || !Number.isFinite(value);
  const power = isSmall ? 1 : 10 ** Math.floor(Math.log10(value));
  const [end, parts] = (isSmall ? undefined : roundEnds.find(([each]) => each * power >= value)) ?? [1, 5];
  const max = end * power;
  return min === 0 ? { max, interval: max / parts } : { max };
}
