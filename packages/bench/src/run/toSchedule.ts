import { comparesAny } from '@acceptbench/report/precision';
import type { Cell } from '@acceptbench/results/cell';
import type { Design } from '@acceptbench/results/run';
import { UsageError } from '../exitCodes.ts';
import { fixedBlocks, scheduleBlocks } from './blocks.ts';
import { growToPrecision } from './precision.ts';
import type { Schedule } from './schedule.ts';
import { scheduleSearch } from './search.ts';

/** What decides about the order and the number of replicates. */
export interface Plan {
  readonly cells: readonly Cell[];
  readonly design: Design;
  readonly seed: number;
  readonly retries: number;
}

/**
 * @param redoUpTo place of the last replicate before the run was taken up again; 0 for a new run
 * @throws UsageError where blocks are to be added until comparisons are precise, and there are none
 */
export function toSchedule({ design, cells, seed, retries }: Plan, redoUpTo: number): Schedule {
  const common = { cells, seed, retries, redoUpTo };
  if (design.kind === 'search') return scheduleSearch({ ...common, design });
  const { blocks, precision } = design;
  if (precision !== undefined && !comparesAny(cells)) {
    throw new UsageError('--precision: nothing in this run is compared; it takes two runtimes or topologies');
  }
  const growth = precision === undefined ? fixedBlocks(blocks) : growToPrecision(cells, blocks, precision);
  return scheduleBlocks({ ...common, growth });
}
