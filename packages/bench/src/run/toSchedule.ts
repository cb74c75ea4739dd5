import type { Cell } from '@acceptbench/results/cell';
import type { Design } from '@acceptbench/results/run';
import { fixedBlocks, scheduleBlocks } from './blocks.ts';
import type { Schedule } from './schedule.ts';
import { scheduleSearch } from './search.ts';

/** What decides about the order and the number of replicates. */
export interface Plan {
  readonly cells: readonly Cell[];
  readonly design: Design;
  readonly seed: number;
  readonly retries: number;
}

/** @param redoUpTo place of the last replicate before the run was taken up again; 0 for a new run */
export function toSchedule({ design, cells, seed, retries }: Plan, redoUpTo: number): Schedule {
  const common = { cells, seed, retries, redoUpTo };
  return design.kind === 'search'
    ? scheduleSearch({ ...common, design })
    : scheduleBlocks({ ...common, growth: fixedBlocks(design.blocks) });
}
