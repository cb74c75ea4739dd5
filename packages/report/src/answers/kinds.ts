import type { Cell } from '@acceptbench/results/cell';
import type { Chart } from '../model/chart.ts';
import { capacityCharts } from '../model/charts/capacity.ts';
import { forestChart } from '../model/charts/forest.ts';
import { acceptedChart, ratesChart, tailChart } from '../model/charts/rates.ts';
import { waitsChart } from '../model/charts/waits.ts';
import type { Comparisons } from '../model/comparisons.ts';
import { type Context, highestRate, type LoadGroup } from '../model/context.ts';
import type { Answers } from './answer.ts';
import { backlogAnswers, backlogCharts } from './backlog.ts';
import { balanceAnswers, balanceCharts } from './balance.ts';
import { burstAnswers, burstCharts } from './burst.ts';
import { capacityAnswers } from './capacity.ts';
import { engineAnswers, engineCharts } from './engine.ts';
import { helloAnswers, helloCharts } from './hello.ts';
import { sheddingAnswers, sheddingCharts } from './shedding.ts';
import { silentAnswers, silentCharts } from './silent.ts';
import { sweepAnswers } from './sweep.ts';
import { waitAnswers } from './waits.ts';

/** What the first screen says and shows. */
export type First = { readonly answers: Answers; readonly charts: readonly Chart[] };

/** A question that a run's cells ask, whatever the experiment is called. */
type Kind = {
  readonly isAsked: (context: Context) => boolean;
  readonly answers: (context: Context, comparisons: Comparisons) => Answers;
  /** Its steps are at rates of their own, so that no two cells share a load to be compared at. */
  readonly isAlone?: boolean;
  /** Figures whose ratios the first screen has; the mean response time and the completed rate unless told. */
  readonly ratios?: readonly string[];
  /** Its own, after those that every report has. */
  readonly charts: (context: Context) => (Chart | null)[];
};

/** From here on a list of rates is a sweep. */
const sweepRates = 4;

const some = (is: (cell: Cell) => boolean) => (context: Context) => context.cells.some(is);
const several =
  (of: (cell: Cell) => unknown, least = 2) =>
  (context: Context) =>
    new Set(context.cells.map(of).filter((value) => value !== undefined)).size >= least;

/** The first that is asked is answered. */
const kinds: readonly Kind[] = [
  {
    isAsked: ({ run }) => run.experiment.design.kind === 'search',
    answers: capacityAnswers,
    charts: (context) => [...capacityCharts(context), tailChart(context), ratesChart(context)],
    isAlone: true,
  },
  {
    isAsked: some(({ load }) => load.kind === 'burst'),
    answers: burstAnswers,
    charts: burstCharts,
    ratios: ['drain', 'mean'],
  },
  {
    isAsked: some(
      ({ load }) => load.kind === 'constant-arrival-rate' && load.silentConnections !== undefined,
    ),
    answers: silentAnswers,
    charts: silentCharts,
  },
  {
    isAsked: some(({ queueLimit }) => queueLimit !== undefined),
    answers: sheddingAnswers,
    charts: sheddingCharts,
  },
  { isAsked: several(({ backlog }) => backlog), answers: backlogAnswers, charts: backlogCharts },
  { isAsked: several(({ work }) => work.kind), answers: engineAnswers, charts: engineCharts },
  { isAsked: some(({ work }) => work.kind === 'none'), answers: helloAnswers, charts: helloCharts },
  {
    isAsked: several(
      ({ load }) =>
        load.kind === 'constant-arrival-rate' ? (load.ofCeiling ?? load.ratePerSecond) : undefined,
      sweepRates,
    ),
    answers: sweepAnswers,
    charts: (context) => [acceptedChart(context), tailChart(context), ratesChart(context)],
  },
  { isAsked: some(({ listeners }) => listeners > 1), answers: balanceAnswers, charts: balanceCharts },
  { isAsked: () => true, answers: waitAnswers, charts: (context) => [ratesChart(context)] },
];

/** The first screen of a run: the answer to what it asks, where requests wait, and the ratios to the baseline. */
export function toFirst(context: Context, comparisons: Comparisons): First {
  const kind = kinds.find(({ isAsked }) => isAsked(context));
  const answers = kind?.answers(context, comparisons) ?? waitAnswers(context, comparisons);
  const group = headlineGroup(context);
  const common =
    group === null || kind?.isAlone === true
      ? []
      : [
          waitsChart(context, group.cells, { id: 'waits', title: `Where requests wait: ${group.title}` }),
          ...(kind?.ratios ?? ['mean', 'completed']).map((key) =>
            forestChart(context, comparisons, group, key),
          ),
        ];
  const all = [...common, ...(kind?.charts(context) ?? [])];
  return { answers, charts: all.filter((chart) => chart !== null) };
}

/** The load that says the most: the highest rate, or the largest burst, at which something was measured. */
function headlineGroup(context: Context): LoadGroup | null {
  const measured = context.groups.filter(({ cells }) =>
    cells.some((cell) => context.summaryOf(cell) !== null),
  );
  const size = ({ cells }: LoadGroup) => [
    highestRate(cells),
    Math.max(
      0,
      ...cells.map(({ load }) =>
        load.kind === 'constant-arrival-rate' ? (load.silentConnections ?? 0) : load.connections,
      ),
    ),
  ];
  return (
    measured.toSorted((a, b) => {
      const [[rateA = 0, moreA = 0], [rateB = 0, moreB = 0]] = [size(a), size(b)];
      return rateB - rateA || moreB - moreA;
    })[0] ?? null
  );
}
