import { basesOf, toSearches, withoutRate } from '@acceptbench/report/search';
import type { Cell } from '@acceptbench/results/cell';
import type { Replicate } from '@acceptbench/results/replicate';
import type { Design } from '@acceptbench/results/run';
import { atRate } from '../experiments/cells.ts';
import { expectedSeconds } from '../experiments/duration.ts';
import { blockOrders } from '../plan.ts';
import { paceOf, type Schedule, type Step } from './schedule.ts';
import { type Tries, wantsAnother } from './tries.ts';

export interface SearchOptions extends Tries {
  /** Those that searches begin with come before the steps that were added. */
  readonly cells: readonly Cell[];
  readonly seed: number;
  readonly design: Extract<Design, { kind: 'search' }>;
}

/**
 * Every cell's search for the highest rate, a step of each in turn and each round in another random order, so that what the machine
 * does meanwhile is in all of them. A replicate's block is the step of its cell's search. Objectives of one cell follow each other.
 */
export function scheduleSearch({ cells, seed, design, ...tries }: SearchOptions): Schedule {
  const bases = basesOf(cells);
  const orders = roundOrders(bases, seed);

  /** What each search wants now, of those that are not at their end. */
  const wanted = (done: readonly Replicate[]) => {
    const searches = Map.groupBy(toSearches({ cells, experiment: { design } }, done), ({ base }) => base.id);
    const own = Map.groupBy(done, ({ cell }) => withoutRate(cell));
    return bases.flatMap((base) => {
      const step = nextOf(base, own.get(withoutRate(base)) ?? [], searches.get(base.id) ?? [], tries);
      return step === null ? [] : [{ base, taken: own.get(withoutRate(base))?.length ?? 0, step }];
    });
  };

  return {
    next(done) {
      const open = wanted(done);
      const round = Math.min(...open.map(({ taken }) => taken));
      const inTurn = open
        .filter(({ taken }) => taken === round)
        .map(({ base, step }) => [base.id, step] as const);
      const turns = new Map(inTurn);
      for (const { id } of orders(round)) {
        const step = turns.get(id);
        if (step !== undefined) return step;
      }
      return null;
    },
    left(done) {
      const steps = wanted(done).map(({ taken, step }) => ({
        cell: step.cell,
        n: Math.max(1, design.maxSteps * design.objectives.length - taken),
      }));
      const seconds = steps.reduce((sum, { cell, n }) => sum + n * expectedSeconds(cell), 0);
      const replicates = steps.reduce((sum, { n }) => sum + n, 0);
      return { replicates, seconds: paceOf(done) * seconds, atMost: replicates > 0 };
    },
  };
}

/** The next step of a cell: another attempt at the last one, or a rate that the first open objective asks for. */
function nextOf(
  base: Cell,
  own: readonly Replicate[],
  searches: ReturnType<typeof toSearches>,
  tries: Tries,
): Step | null {
  const last = own.at(-1);
  if (last !== undefined) {
    const attempts = own.filter(({ block }) => block === last.block);
    if (wantsAnother(attempts, tries)) {
      return { cell: last.cell, block: last.block, attempt: attempts.length + 1 };
    }
  }
  for (const { move } of searches) {
    if (move.state !== 'step') continue;
    const { load } = base;
    const isFirst = load.kind === 'constant-arrival-rate' && load.ratePerSecond === move.ratePerSecond;
    const cell = isFirst ? base : atRate(base, move.ratePerSecond);
    return { cell, block: (last?.block ?? 0) + 1, attempt: 1 };
  }
  return null;
}

/** The order of each round, made as it is asked for. */
function roundOrders(bases: readonly Cell[], seed: number): (round: number) => readonly Cell[] {
  const generator = blockOrders(bases, seed);
  const orders: (readonly Cell[])[] = [];
  return (round) => {
    if (!Number.isFinite(round)) return [];
    while (orders.length <= round) orders.push(generator.next().value);
    return orders[round] ?? [];
  };
}
