import type { Cell } from '@acceptbench/results/cell';

/**
 * Is the cell offered more than the work allows? By the plan (`ofCeiling`), or by the ceiling that the server's own service
 * times give; a null ceiling says nothing.
 */
export function isOverload(cell: Cell, ceilingPerSecond: number | null): boolean {
  if (cell.load.ofCeiling !== undefined && cell.load.ofCeiling > 1) return true;
  return ceilingPerSecond !== null && cell.load.ratePerSecond > ceilingPerSecond;
}
