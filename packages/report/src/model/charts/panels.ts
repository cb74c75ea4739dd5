import type { Cell } from '@acceptbench/results/cell';
import { topologyName } from '../../text/cell-name.ts';

/** Of more panels than this each is too small: then variants are lines beside each other. */
const mostPanels = 6;

/** Which panel of a chart a cell is in, and what its line is called there. Plain text. */
export type Place = { readonly panel: string; readonly line: string };

/**
 * A panel for each topology and variant, so that a line in it is told by its runtime's colour, shape and dash; where that were
 * too many, for each topology, and the lines' names say the variant. The only panel has no title.
 */
export function toPlaces(cells: readonly Cell[], variantOf: (cell: Cell) => string): (cell: Cell) => Place {
  const panelOf = (cell: Cell) => [topologyName(cell), variantOf(cell)].filter((text) => text !== '');
  const panels = new Set(cells.map((cell) => panelOf(cell).join(', ')));
  const hasOne = new Set(cells.map(topologyName)).size === 1;
  if (panels.size === 1) return ({ runtime }) => ({ panel: '', line: runtime });
  if (panels.size <= mostPanels) {
    const isSaid = !hasOne || cells.some((cell) => variantOf(cell) === '');
    return (cell) => ({
      panel: panelOf(cell)
        .slice(isSaid ? 0 : 1)
        .join(', '),
      line: cell.runtime,
    });
  }
  return (cell) => ({
    panel: hasOne ? '' : topologyName(cell),
    line: variantOf(cell) === '' ? cell.runtime : `${cell.runtime} (${variantOf(cell)})`,
  });
}
