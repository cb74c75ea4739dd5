import type { Cell } from '@acceptbench/results/cell';
import { isMeasured, type MeasuredReplicate, type Replicate } from '@acceptbench/results/replicate';
import type { Objective, Run } from '@acceptbench/results/run';
import type { SearchStep } from '../statistics/capacityBelief.ts';
import { nextStep, type SearchMove } from '../statistics/capacitySearch.ts';
import { isSustained } from '../statistics/sustained.ts';
import { isSpoilt } from './machineCause.ts';

/** Whether a replicate met an objective; `unknown` where it can't be said, as something else was wrong with it. */
export type Judgement = 'met' | 'missed' | 'unknown';

/** Gates that overload fails: a replicate that fails these alone still shows that it was too much. */
const ofOverload: ReadonlySet<string> = new Set(['stationary', 'dropped', 'stages-add-up', 'books']);

/**
 * Judges a replicate by what is stored of it. Met: valid, no request failed or was shed, no arrival was dropped, the accept queue did
 * not overflow, p99 of the response time is within the limit, and no queue was growing.
 */
export function judge(replicate: Replicate, { p99Ms }: Objective): Judgement {
  if (!isMeasured(replicate) || isSpoilt(replicate)) return 'unknown';
  const { requests, acceptQueue, responseTimeMs } = replicate;
  const lost = requests.failed + requests.shed + requests.dropped + (acceptQueue?.overflows ?? 0);
  const isWithin = lost === 0 && responseTimeMs.p99 <= p99Ms && keepsUp(replicate);
  if (replicate.outcome === 'valid') return isWithin ? 'met' : 'missed';
  // A wrong answer is a failure of the server's, whatever else its gate says.
  const tells = requests.failed > 0 || replicate.reasons.every(({ gate }) => ofOverload.has(gate));
  return tells && !isWithin ? 'missed' : 'unknown';
}

/** Of arrivals that were all answered: whether no more of them were open at the window's end than a steady queue has. */
function keepsUp({ cell: { load }, requests, rates, responseTimeMs }: MeasuredReplicate): boolean {
  if (load.kind !== 'constant-arrival-rate') return true;
  const { ratePerSecond, durationSeconds } = load;
  const arrivals = requests.started;
  const openAtEnd = arrivals - Math.round(rates.completedPerSecond * durationSeconds);
  return isSustained({ arrivals, openAtEnd, ratePerSecond, meanMs: responseTimeMs.mean });
}

/** The search of one cell for one objective, as far as it has come. */
export type Search = {
  /** The cell with the rate of the first step. */
  readonly base: Cell;
  readonly objective: Objective;
  /** The steps that were judged, in the order in which the search asked for them. */
  readonly history: readonly SearchStep[];
  /** What comes next, or what was found; `gave-up` when too many steps could not be judged, or it is not offered. */
  readonly move: SearchMove | { readonly state: 'gave-up'; readonly why: string };
};

/**
 * Every search of a run, objectives innermost. All of it follows from the stored replicates: a search asks for a rate, and where a
 * replicate at that rate is there and not yet used by it, that answers. So a second objective begins with the steps of the first.
 *
 * @returns none where the run's design is no search
 */
export function toSearches(
  {
    cells,
    experiment: { design },
  }: { cells: readonly Cell[]; experiment: Pick<Run['experiment'], 'design'> },
  replicates: readonly Replicate[],
): Search[] {
  if (design.kind !== 'search') return [];
  const byBase = Map.groupBy(replicates, ({ cell }) => withoutRate(cell));
  return basesOf(cells).flatMap((base) => {
    const own = byBase.get(withoutRate(base)) ?? [];
    return design.objectives.map((objective) => toSearch(base, objective, own, design.maxSteps));
  });
}

/** The cells that searches begin with: the first of those that differ in their rate alone. */
export function basesOf(cells: readonly Cell[]): Cell[] {
  return [...Map.groupBy(cells, withoutRate).values()].flatMap(([first]) => first ?? []);
}

/** What a cell is apart from its rate: equal for the steps of one search. */
export function withoutRate({ id: _, load, ...cell }: Cell): string {
  if (load.kind !== 'constant-arrival-rate') return JSON.stringify([cell, load]);
  const { ratePerSecond: _rate, ofCeiling: _multiple, ...rest } = load;
  return JSON.stringify([cell, rest]);
}

function toSearch(base: Cell, objective: Objective, own: readonly Replicate[], maxSteps: number): Search {
  const { load } = base;
  if (load.kind !== 'constant-arrival-rate') {
    return { base, objective, history: [], move: { state: 'gave-up', why: `${load.kind} has no rate` } };
  }
  const absent = own.find(({ outcome }) => outcome === 'not-offered');
  if (absent?.outcome === 'not-offered') {
    return { base, objective, history: [], move: { state: 'gave-up', why: `not offered: ${absent.reason}` } };
  }
  const answers = answersOf(own, objective);
  const history: SearchStep[] = [];
  const options = { guessPerSecond: load.ratePerSecond, maxSteps };
  for (;;) {
    const move = nextStep(history, options);
    if (move.state !== 'step') return { base, objective, history, move };
    const answer = answers.byRate.get(move.ratePerSecond)?.shift();
    if (answer === undefined) {
      const why = `${answers.unknown} steps could not be judged`;
      return {
        base,
        objective,
        history,
        move: answers.unknown < maxSteps ? move : { state: 'gave-up', why },
      };
    }
    history.push({ ratePerSecond: move.ratePerSecond, passed: answer === 'met' });
  }
}

/** What each step says, by its rate and in order; and how many say nothing after their last attempt. */
function answersOf(own: readonly Replicate[], objective: Objective) {
  const byRate = new Map<number, Judgement[]>();
  let unknown = 0;
  // Of a step (its block), the last attempt that can be judged.
  for (const attempts of Map.groupBy(own, ({ block }) => block).values()) {
    const { load } = attempts[0]?.cell ?? {};
    if (load?.kind !== 'constant-arrival-rate') continue;
    const said = attempts
      .map((replicate) => judge(replicate, objective))
      .findLast((each) => each !== 'unknown');
    if (said === undefined) unknown += 1;
    else byRate.set(load.ratePerSecond, [...(byRate.get(load.ratePerSecond) ?? []), said]);
  }
  return { byRate, unknown };
}
