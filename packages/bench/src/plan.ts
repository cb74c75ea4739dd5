import type { Cell } from '@acceptbench/results/cell';
import { uniformInt } from 'pure-rand/distribution/uniformInt';
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';

/** One run of one cell, in its place in the plan. */
export interface PlannedReplicate {
  readonly cell: Cell;
  /** 1-based. */
  readonly block: number;
  /** 1-based, over the whole plan. */
  readonly order: number;
  /** 1-based: above 1 when an earlier attempt at the same replicate did not count. */
  readonly attempt: number;
}

/** Blocks of all cells, each in a random order of its own; the same seed gives the same plan. */
export function toPlan(cells: readonly Cell[], blocks: number, seed: number): PlannedReplicate[] {
  const random = xoroshiro128plus(seed);
  const plan: PlannedReplicate[] = [];
  for (let block = 1; block <= blocks; block += 1) {
    // Fisher-Yates: every order is as likely as any other.
    const shuffled = [...cells];
    for (let last = shuffled.length - 1; last > 0; last -= 1) {
      const other = uniformInt(random, 0, last);
      const [a, b] = [shuffled[last], shuffled[other]];
      if (a === undefined || b === undefined) continue;
      shuffled[last] = b;
      shuffled[other] = a;
    }
    for (const cell of shuffled) plan.push({ cell, block, order: plan.length + 1, attempt: 1 });
  }
  return plan;
}
