import type { Cell } from '@acceptbench/results/cell';
import { uniformInt } from 'pure-rand/distribution/uniformInt';
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';

/** One run of one cell, in its place in the plan. */
export interface PlannedReplicate {
  readonly cell: Cell;
  /** 1-based. In a search, the step of that cell's search. */
  readonly block: number;
  /** 1-based, over the whole run, in the order in which replicates are run. */
  readonly order: number;
  /** 1-based: above 1 when an earlier attempt at the same replicate did not count. */
  readonly attempt: number;
}

/** All cells in a random order of its own for each block, without end; the same seed gives the same orders. */
export function* blockOrders(cells: readonly Cell[], seed: number): Generator<Cell[], never> {
  const random = xoroshiro128plus(seed);
  for (;;) {
    // Fisher-Yates: every order is as likely as any other.
    const shuffled = [...cells];
    for (let last = shuffled.length - 1; last > 0; last -= 1) {
      const other = uniformInt(random, 0, last);
      const [a, b] = [shuffled[last], shuffled[other]];
      if (a === undefined || b === undefined) continue;
      shuffled[last] = b;
      shuffled[other] = a;
    }
    yield shuffled;
  }
}
