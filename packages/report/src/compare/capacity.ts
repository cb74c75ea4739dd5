import type { Cell } from '@acceptbench/results/cell';
import type { Objective, Run } from '@acceptbench/results/run';
import { errorFunction } from 'simple-statistics';
import { type Search, toSearches, withoutRate } from '../analysis/search.ts';
import type { Figure } from '../analysis/summary.ts';
import type { Comparison, Side } from '../statistics/compareCells.ts';
import type { RatioSummary } from '../statistics/ratio.ts';
import { type PValues, toVerdict } from '../statistics/verdict.ts';
import { formatNumber } from '../text/number.ts';
import type { RunMetric } from './metrics.ts';
import type { CellPair, Incomparable } from './runs.ts';

/** Two searches for the same objective. */
export type SearchPair = { readonly pair: CellPair; readonly base: Search; readonly head: Search };

/** Of pairs of cells that searches begin with, the searches: one pair for each objective that both have. */
export function toSearchPairs(pairs: readonly CellPair[], baseRun: Run, headRun: Run): SearchPair[] {
  return pairs.flatMap((pair) => {
    const heads = searchesOf(headRun, pair.headSide, pair.head);
    return searchesOf(baseRun, pair.baseSide, pair.base).flatMap((base) => {
      const head = heads.find(({ objective }) => objective.p99Ms === base.objective.p99Ms);
      return head === undefined ? [] : [{ pair, base, head }];
    });
  });
}

/** Searches of base for an objective that head's have not: they have nothing to be compared with. */
export function unsharedObjectives(pairs: readonly CellPair[], baseRun: Run, headRun: Run): Incomparable[] {
  const [bases, heads] = [baseRun, headRun].map(({ experiment: { design } }) =>
    design.kind === 'search' ? design.objectives.map(({ p99Ms }) => p99Ms) : null,
  );
  if (bases == null || heads == null) return [];
  const missing = bases.filter((p99Ms) => !heads.includes(p99Ms)).map(formatNumber);
  if (missing.length === 0) return [];
  const why = `objective p99 ≤ ${missing.join(', ')} ms and ${heads.map(formatNumber).join(', ')} ms`;
  return pairs.map(({ base }) => ({ cellId: base.id, why }));
}

function searchesOf(run: Run, { replicates }: Side, cell: Cell): Search[] {
  const own = replicates.filter((replicate) => withoutRate(replicate.cell) === withoutRate(cell));
  return toSearches({ cells: [cell], experiment: run.experiment }, own);
}

/** The capacity for an objective, as a figure like others: its name says the objective. */
export function capacityMetric(metric: RunMetric, { p99Ms }: Objective): RunMetric {
  return { ...metric, name: `${metric.name} (p99 ≤ ${formatNumber(p99Ms)} ms)` };
}

type Options = { readonly margin: number; readonly confidence: number };

/**
 * Two capacities by their ratio: each is what a search believes, a log-normal distribution by its 95 % interval, and the two are
 * independent. Where a search found none in its range, the range's end bounds the ratio, and there is no interval.
 */
export function compareCapacities(
  { pair, base, head }: SearchPair,
  metric: RunMetric,
  { margin, confidence }: Options,
): Comparison {
  const [from, to] = [capacityOf(base), capacityOf(head)];
  const judged = judge(from, to, { margin, confidence });
  return {
    metric,
    base: pair.baseSide.name,
    head: pair.headSide.name,
    baseFigure: figureOf(from),
    headFigure: figureOf(to),
    ...judged,
    pairing: 'none',
    unpaired: { base: 0, head: 0 },
    margin,
    confidence,
    adjusted: judged.pValues,
    familySize: 1,
  };
}

/** What a search says: a capacity, that it is below or above its range, or nothing, and why. */
type Capacity =
  | {
      readonly state: 'found';
      readonly at: number;
      readonly low: number;
      readonly high: number;
      readonly n: number;
    }
  | { readonly state: 'below' | 'above'; readonly bound: number; readonly n: number }
  | { readonly state: 'unknown'; readonly why: string };

function capacityOf({ move }: Search): Capacity {
  switch (move.state) {
    case 'found':
      return {
        state: 'found',
        at: move.capacityPerSecond,
        low: move.lowPerSecond,
        high: move.highPerSecond,
        n: move.n,
      };
    case 'never-passes':
      return { state: 'below', bound: move.lowestPerSecond, n: move.n };
    case 'never-fails':
      return { state: 'above', bound: move.highestPerSecond, n: move.n };
    case 'gave-up':
      return { state: 'unknown', why: move.why };
    case 'step':
      return { state: 'unknown', why: 'its search has not finished' };
  }
}

function figureOf(capacity: Capacity): Figure | null {
  if (capacity.state !== 'found') return null;
  const { at, low, high, n } = capacity;
  return { median: at, min: low, max: high, n };
}

type Judged = Pick<Comparison, 'ratio' | 'pValues' | 'verdict'>;

function judge(base: Capacity, head: Capacity, { margin, confidence }: Options): Judged {
  const open = (reason: string): Judged => ({
    ratio: { state: 'none' },
    pValues: null,
    verdict: { state: 'inconclusive', cause: 'too-wide', reason },
  });
  if (base.state === 'unknown') return open(`of base: ${base.why}`);
  if (head.state === 'unknown') return open(`of head: ${head.why}`);
  if (base.state === 'found' && head.state === 'found') return judgeFound(base, head, { margin, confidence });
  if (base.state === head.state) return open(`both are ${base.state} the rates that were searched`);
  // One side is known to lie beyond a bound: the ratio is at most, or at least, what the bound makes it.
  const [low, high] = [base, head].map((capacity): [number, number] => {
    if (capacity.state === 'found') return [capacity.low, capacity.high];
    return capacity.state === 'below' ? [0, capacity.bound] : [capacity.bound, Number.MAX_VALUE];
  });
  const least = (high?.[0] ?? 0) / (low?.[1] ?? 1);
  const most = (high?.[1] ?? 0) / Math.max(low?.[0] ?? 1, Number.MIN_VALUE);
  const state = most < 1 / (1 + margin) ? 'slower' : least > 1 + margin ? 'faster' : null;
  if (state === null) return open('one side is beyond the rates that were searched');
  return { ratio: { state: 'none' }, pValues: null, verdict: { state, isBeyondMargin: true } };
}

type Found = Extract<Capacity, { state: 'found' }>;

function judgeFound(base: Found, head: Found, { margin, confidence }: Options): Judged {
  const center = Math.log(head.at) - Math.log(base.at);
  const error = Math.hypot(errorOf(base), errorOf(head));
  const ratio: RatioSummary = {
    state: 'interval',
    estimate: Math.exp(center),
    low: Math.exp(center - normal95 * error),
    high: Math.exp(center + normal95 * error),
    confidence,
    n: Math.min(base.n, head.n),
    method: 'normal approximation of two searches',
    hodgesLehmann: Math.exp(center),
  };
  const pAgainst = (value: number) => twoSided((center - value) / Math.max(error, Number.MIN_VALUE));
  const bound = Math.log1p(margin);
  const pValues: PValues = {
    different: pAgainst(0),
    equivalent: Math.abs(center) < bound ? Math.max(pAgainst(-bound), pAgainst(bound)) : 1,
  };
  const familySize = 1;
  const judged = {
    ratio,
    margin,
    confidence,
    pValues,
    adjusted: pValues,
    familySize,
    better: 'more' as const,
  };
  return { ratio, pValues, verdict: toVerdict(judged) };
}

const normal95 = 1.959964;

/** Standard deviation of a capacity's logarithm, of which the interval of 95 % is known. */
const errorOf = ({ low, high }: Found) => Math.log(high / low) / (2 * normal95);

/** Probability that a standard normal variable is as far from 0 as z, or further. */
const twoSided = (z: number) => Math.min(1, Math.max(0, 1 - errorFunction(Math.abs(z) / Math.SQRT2)));
