import { type Cell, offeredPerSecond } from '@acceptbench/results/cell';
import { toObservedFigure } from '../analysis/summary.ts';
import { p99 } from '../model/charts/rates.ts';
import { type Context, figureOf } from '../model/context.ts';
import { type Slope, toSlope } from '../statistics/slope.ts';
import { loadName } from '../text/cell-name.ts';
import { formatNumber, formatRatio } from '../text/number.ts';
import type { Answer, Answers } from './answer.ts';
import { answerByRuntime, byTopology, capital, duration, largest, span } from './subjects.ts';

/** p99 has risen where it is more than so many times what it is at the lowest rate. */
const risen = 2;

/** What the article measured once the work was on other threads, in requests per second. */
const articlePerSecond = 1300;

/** Rates through the ceiling: what is accepted, what is completed, and when p99 rises. */
export function sweepAnswers(context: Context): Answers {
  const answers = answerByRuntime(context, (cells) =>
    byTopology(cells).flatMap(({ name, cells: group }) => ofTopology(context, capital(name), group)),
  );
  return {
    headline: toHeadline(context),
    lead: null,
    answers: [...answers, ...toArticle(context)],
  };
}

function toHeadline(context: Context): string {
  const top = largest(context, context.cells, offeredPerSecond);
  if (top === null) return 'Inconclusive: no cell has a valid replicate.';
  const each = byTopology(top.cells).map(({ name, cells }) => {
    const summaries = cells.map((cell) => context.summaryOf(cell));
    const accepted = span(summaries.map((summary) => summary?.acceptedPerSecond));
    const completed = span(summaries.map((summary) => summary?.completedPerSecond));
    return `${name} accepted ${accepted} and completed ${completed}`;
  });
  return `At ${formatNumber(top.value)} req/s offered, ${each.join('; ')} a second.`;
}

function ofTopology(context: Context, name: string, cells: readonly Cell[]): string[] {
  const steps = cells
    .flatMap((cell) => {
      const [rate, summary] = [offeredPerSecond(cell), context.summaryOf(cell)];
      const tail = figureOf(context, cell, p99, toObservedFigure);
      return rate === null || summary === null || tail === null ? [] : [{ cell, rate, summary, tail }];
    })
    .sort((a, b) => a.rate - b.rate);
  const [first, last] = [steps[0], steps.at(-1)];
  if (first === undefined || last === undefined) return [];
  const firstRisen = steps.findIndex(({ tail }) => tail.median > risen * first.tail.median);
  const calm = firstRisen === -1 ? last : steps[firstRisen - 1];
  const until =
    firstRisen === -1
      ? `p99 has not risen up to ${formatNumber(last.rate)} req/s`
      : `p99 stays within ${risen} × its ${duration(first.tail.median)} up to ${formatNumber(calm?.rate)} req/s (${calm === undefined ? '' : loadName(calm.cell)}), and is ${duration(last.tail.median)} at ${formatNumber(last.rate)}`;
  const most = span([
    steps
      .map(({ summary }) => summary.completedPerSecond)
      .reduce((a, b) => ((a?.median ?? 0) > (b?.median ?? 0) ? a : b)),
  ]);
  const ceiling = span([last.summary.ceilingPerSecond]);
  return [
    `${name}: ${slopeInWords(context, cells)}; completes at most ${most} req/s (ceiling ${ceiling}); ${until}.`,
  ];
}

/** By how much more is accepted for each request more that is completed: 1 for a loop that computes. */
function slopeInWords(context: Context, cells: readonly Cell[]): string {
  const points = cells.flatMap((cell) =>
    context.validOf(cell).flatMap(({ block, rates: { acceptedPerSecond, completedPerSecond } }) =>
      acceptedPerSecond === null ||
      !Number.isFinite(acceptedPerSecond) ||
      !Number.isFinite(completedPerSecond)
        ? []
        : // Rates that differ by less are the same: no slope comes of rounding.
          [{ block, x: thousandths(completedPerSecond), y: thousandths(acceptedPerSecond) }],
    ),
  );
  const slope = toSlope(points);
  return slope.state === 'none'
    ? 'accepted was not measured'
    : `accepts ${inWords(slope)} for each request it completes`;
}

const thousandths = (value: number) => Math.round(value * 1000) / 1000;

function inWords(slope: Exclude<Slope, { state: 'none' }>): string {
  if (slope.n === 1 && slope.state === 'range') return `${formatRatio(slope.median)} connections (n = 1)`;
  return slope.state === 'interval'
    ? `${formatRatio(slope.estimate)} connections (${formatRatio(slope.low)} to ${formatRatio(slope.high)}, 95 %, n = ${slope.n})`
    : `${formatRatio(slope.median)} connections (range ${formatRatio(slope.min)} to ${formatRatio(slope.max)}, n = ${slope.n})`;
}

/** What the article's figure would take here. */
function toArticle(context: Context): Answer[] {
  const serviceMs = context.rows
    .flatMap(({ summary }) => summary?.serviceTimeMs?.median ?? [])
    .sort((a, b) => a - b);
  const typical = serviceMs[Math.floor(serviceMs.length / 2)];
  if (typical === undefined) return [];
  const cores = formatNumber((articlePerSecond * typical) / 1000);
  const { freeCores } = context.run.environment;
  return [
    {
      subject: 'the article',
      look: null,
      state: 'answered',
      sentences: [
        `It completed about 250 requests a second inline, and ${articlePerSecond} with the work on other threads before p99 rose.`,
        `At the ${formatNumber(typical)} ms that a request takes here, ${articlePerSecond} a second keep ${cores} cores busy: offloading raises the ceiling by as many cores as it uses, and here it has ${formatNumber(freeCores)} beside the load generator.`,
      ],
    },
  ];
}
