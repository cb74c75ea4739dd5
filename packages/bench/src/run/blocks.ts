import type { Cell } from '@acceptbench/results/cell';
import type { Replicate } from '@acceptbench/results/replicate';
import { expectedSeconds } from '../experiments/duration.ts';
import { blockOrders } from '../plan.ts';
import { type Left, paceOf, type Schedule, type Step } from './schedule.ts';
import { type Tries, wantsAnother } from './tries.ts';

export interface BlocksOptions extends Tries {
  readonly cells: readonly Cell[];
  readonly seed: number;
  /** What decides about more, when so many blocks are complete. */
  readonly growth: Growth;
}

/** When a run of blocks ends. */
export interface Growth {
  /** Blocks there are to be for certain. */
  readonly least: number;
  /** Whether another is wanted after `blocks` complete ones, which are `least` or more. */
  another(done: readonly Replicate[], blocks: number): boolean;
  /** What may come after `least` blocks; null where nothing does. */
  left(done: readonly Replicate[]): Left | null;
}

/** So many blocks, and no more. */
export function fixedBlocks(blocks: number): Growth {
  return { least: blocks, another: () => false, left: () => null };
}

/**
 * Block after block. Within one: each cell once in random order, and then those again that the machine spoilt. A cell that is
 * not offered is recorded once and left out from then on.
 */
export function scheduleBlocks(options: BlocksOptions): Schedule {
  const { cells, seed, growth } = options;
  const orders: (readonly Cell[])[] = [];
  const generator = blockOrders(cells, seed);
  const orderOf = (block: number): readonly Cell[] => {
    while (orders.length < block) orders.push(generator.next().value);
    return orders[block - 1] ?? [];
  };
  const stepsOf = (block: number, done: readonly Replicate[]) =>
    stepsLeft(orderOf(block), block, done, options);

  return {
    next(done) {
      for (let block = 1; ; block += 1) {
        if (block > growth.least && !growth.another(done, block - 1)) return null;
        const [step] = stepsOf(block, done);
        if (step !== undefined) return step;
        // Every cell may be not offered: then no block holds anything, ever.
        if (block >= growth.least && done.every(({ outcome }) => outcome === 'not-offered')) return null;
      }
    },
    left(done) {
      const steps: Step[] = [];
      for (let block = 1; block <= growth.least; block += 1) steps.push(...stepsOf(block, done));
      const seconds = paceOf(done) * steps.reduce((sum, { cell }) => sum + expectedSeconds(cell), 0);
      const more = growth.left(done);
      if (more === null) return { replicates: steps.length, seconds, atMost: false };
      return {
        replicates: Math.max(steps.length, more.replicates),
        seconds: Math.max(seconds, more.seconds),
        atMost: true,
      };
    },
  };
}

/** What a block still lacks, in the order in which it comes: first attempts, then further ones. */
function stepsLeft(order: readonly Cell[], block: number, done: readonly Replicate[], tries: Tries): Step[] {
  const notOffered = new Set(
    done.flatMap(({ outcome, cell }) => (outcome === 'not-offered' ? [cell.id] : [])),
  );
  const attempts = Map.groupBy(
    done.filter((replicate) => replicate.block === block),
    ({ cell }) => cell.id,
  );
  const offered = order.filter(({ id }) => !notOffered.has(id));
  const first = offered.filter(({ id }) => !attempts.has(id)).map((cell) => ({ cell, block, attempt: 1 }));
  const again = offered.flatMap((cell): Step[] => {
    const before = attempts.get(cell.id) ?? [];
    return wantsAnother(before, tries) ? [{ cell, block, attempt: before.length + 1 }] : [];
  });
  return [...first, ...again];
}
