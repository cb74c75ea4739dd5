import { cut, fontSize, narrowBelow, widthOf } from './layout.ts';
import type { Sheet } from './svg.ts';

type Named = { readonly label: string; readonly aside: string };

const axisHeight = 44;
const longestLabel = 34;

/**
 * Rows from the top down, each with a label and something said aside: beside the row on a wide sheet, above it on a narrow one
 * or where labels are long.
 */
export function toRowLayout(rows: readonly Named[], { width, paint }: Sheet, top: number) {
  const longest = Math.max(...rows.map(({ label }) => widthOf(label)));
  const aside = Math.max(...rows.map((row) => widthOf(row.aside)));
  const isAbove = width < narrowBelow || longest > widthOf('m'.repeat(longestLabel));
  const rowHeight = isAbove ? 42 : 28;
  const grid = {
    top: isAbove ? top + 6 : top,
    bottom: axisHeight,
    left: isAbove ? 8 : longest + 10,
    right: isAbove ? 14 : aside + 12,
    // The axis' title may be wider than the axis: the rows keep the sheet's width.
    outerBoundsContain: 'axisLabel' as const,
  };
  const room = Math.floor((width - aside - 30) / 6.6);
  const category = {
    type: 'category' as const,
    inverse: true,
    // Before bands and bars, which would hide a label that stands above its row.
    z: 4,
    axisLine: { show: false },
    axisTick: { show: false },
    splitLine: { show: false },
  };
  const label = {
    color: paint('ink'),
    fontSize,
    interval: 0,
    inside: isAbove,
    margin: isAbove ? 0 : 8,
    ...(isAbove ? { verticalAlign: 'bottom' as const, padding: [0, 0, 10, 0] } : {}),
  };
  return {
    height: grid.top + rows.length * rowHeight + axisHeight,
    grid,
    isAbove,
    axes: [
      {
        ...category,
        data: rows.map((row) => (isAbove ? cut(row.label, room) : row.label)),
        axisLabel: label,
      },
      {
        ...category,
        position: 'right' as const,
        data: rows.map((row) => row.aside),
        axisLabel: { ...label, color: paint('muted') },
      },
    ],
  };
}
