import type { Cell } from '@acceptbench/results/cell';

/**
 * Is the cell offered more than the work allows, or may it be? By the plan (`ofCeiling`), or by the ceiling that the server's own service
 * times give; a null ceiling says nothing.
 */
export function isOverload(cell: Cell, ceilingPerSecond: number | null): boolean {
  const { load } = cell;
  // A burst and a closed loop are as much as the server takes.
  if (load.kind !== 'constant-arrival-rate' || load.mayOverload === true) return true;
  if (load.ofCeiling !== undefined && load.ofCeiling > 1) return true;
  return ceilingPerSecond !== null && load.ratePerSecond > ceilingPerSecond;
}
