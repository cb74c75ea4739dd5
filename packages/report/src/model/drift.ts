import type { ValidReplicate } from '@acceptbench/results/replicate';
import { type Thirds, toStationarity } from '../statistics/stationarity.ts';
import { ratioInWords } from '../statistics/words.ts';
import { loadName } from '../text/cell-name.ts';
import { counted } from '../text/number.ts';
import type { Context } from './context.ts';

/** Under this the work is the same in both thirds, for who reads a report. */
const margin = 0.05;

export type Drift = {
  /** A sentence for each cell whose service time is another in the last third of the window than in the first. */
  readonly found: readonly string[];
  /** What the test said of all cells; null where no cell has enough blocks for it. */
  readonly summary: string | null;
};

/**
 * Whether the work stayed the same throughout the window, over all blocks of a cell. The gate *service-time* sees a replicate whose
 * work became another; this sees what is too small for it and is there each time, such as a compiler or a garbage collector that
 * is still at it.
 */
export function toDrift({ rows, run, validOf, nameOf }: Context): Drift {
  // Of a step of a search there are few replicates, and they are in no blocks.
  if (run.experiment.design.kind === 'search') return { found: [], summary: null };
  const cells = rows.map(({ cell }) => ({ cell, thirds: oneABlock(validOf(cell).flatMap(toThirds)) }));
  const results = toStationarity(
    cells.map(({ thirds }) => thirds),
    { margin },
  );
  const tested = results.filter(({ ratio }) => ratio.state === 'interval');
  const found = results.flatMap(({ state, ratio }, index) => {
    const cell = cells[index]?.cell;
    return state !== 'drifts' || cell === undefined
      ? []
      : [
          `${nameOf(cell)} at ${loadName(cell)}: the work took ${ratioInWords({ ratio })} as long in the last third of the window as in the first.`,
        ];
  });
  if (tested.length === 0) return { found, summary: null };
  const steady = tested.filter(({ state }) => state === 'stationary').length;
  const summary = `Service time in the last third of the window against the first, of ${counted(tested.length, 'cell')} with six blocks or more: in ${steady} the same within ±${margin * 100} %, in ${found.length} not, in ${tested.length - steady - found.length} neither is shown (5 % for all together, Holm).`;
  return { found, summary };
}

/** A results file that somebody joined from two may have a block twice: the first counts. */
function oneABlock(thirds: readonly Thirds[]): Thirds[] {
  return [...Map.groupBy(thirds, ({ block }) => block).values()].flatMap(([first]) => first ?? []);
}

function toThirds({ block, serviceTimeByThirdMs }: ValidReplicate): Thirds[] {
  if (serviceTimeByThirdMs === null) return [];
  const [first, , last] = serviceTimeByThirdMs;
  return first > 0 && last > 0 ? [{ block, first, last }] : [];
}
