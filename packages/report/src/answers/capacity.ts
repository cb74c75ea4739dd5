import { type Search, toSearches } from '../analysis/search.ts';
import type { Context } from '../model/context.ts';
import { topologyInWords } from '../text/cell-name.ts';
import { formatNumber } from '../text/number.ts';
import type { Answers } from './answer.ts';
import { answerByRuntime, capital } from './subjects.ts';

/** The highest rate that meets each objective, as each cell's search found it. */
export function capacityAnswers(context: Context): Answers {
  const searches = toSearches(context.run, context.replicates);
  const answers = answerByRuntime(context, (_, runtime) =>
    searches.filter(({ base }) => base.runtime === runtime).map((search) => ofSearch(context, search)),
  );
  const [first] = searches;
  const found = searches.flatMap(({ objective, move }) =>
    objective.p99Ms === first?.objective.p99Ms && move.state === 'found' ? [move.capacityPerSecond] : [],
  );
  if (first === undefined || found.length === 0) {
    return { headline: 'Inconclusive: no search has come to its end.', lead: null, answers };
  }
  const [low, high] = [Math.min(...found), Math.max(...found)].map(formatNumber);
  const rates = low === high ? low : `${low} to ${high}`;
  return {
    headline: `With ${within(first)}, the highest rate is ${rates} req/s (${found.length} of ${searches.filter(({ objective }) => objective.p99Ms === first.objective.p99Ms).length} searches).`,
    lead: 'The highest rate without a failure, a dropped arrival, an overflow or a queue that grows:',
    answers,
  };
}

function ofSearch(context: Context, search: Search): string {
  const variant = context.variantOf(search.base);
  const arm = search.base.arm === undefined ? '' : ` @${search.base.arm}`;
  const name = `${capital(topologyInWords(search.base))}${variant === '' ? '' : ` (${variant})`}${arm}`;
  return `${name}, ${within(search)}: ${outcomeOf(search)}.`;
}

const within = ({ objective }: Search) => `p99 within ${formatNumber(objective.p99Ms)} ms`;

function outcomeOf({ move, history }: Search): string {
  switch (move.state) {
    case 'found': {
      const range = `95 % from ${formatNumber(move.lowPerSecond)} to ${formatNumber(move.highPerSecond)}`;
      const how = move.isConfirmed ? 'confirmed by repeats there and 5 % above' : 'not confirmed by repeats';
      return `${formatNumber(move.capacityPerSecond)} req/s (${range}, ${how}, ${move.n} steps)`;
    }
    case 'never-passes':
      return `not met even at ${formatNumber(move.lowestPerSecond)} req/s (${move.n} steps)`;
    case 'never-fails':
      return `still met at ${formatNumber(move.highestPerSecond)} req/s, as far as was looked (${move.n} steps)`;
    case 'gave-up':
      return `none, as ${move.why}`;
    case 'step':
      return `not at its end after ${history.length} steps`;
  }
}
