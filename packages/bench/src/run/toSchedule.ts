import type { Cell } from '@acceptbench/results/cell';
import type { Design } from '@acceptbench/results/run';
import { CannotRunError } from '../exitCodes.ts';
import { fixedBlocks, scheduleBlocks } from './blocks.ts';
import type { Schedule } from './schedule.ts';

/** What decides about the order and the number of replicates. */
export interface Plan {
  readonly cells: readonly Cell[];
  readonly design: Design;
  readonly seed: number;
  readonly retries: number;
}

/** @param redoUpTo place of the last replicate before the run was taken up again; 0 for a new run */
export function toSchedule({ design, ...plan }: Plan, redoUpTo: number): Schedule {
  if (design.kind === 'search') throw new CannotRunError('a search is not run yet');
  return scheduleBlocks({ ...plan, redoUpTo, growth: fixedBlocks(design.blocks) });
}
