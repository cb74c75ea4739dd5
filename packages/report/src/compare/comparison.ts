import type { Run } from '@acceptbench/results/run';
import { type CompareOptions, type Comparison, compareCells, toFamily } from '../statistics/compareCells.ts';
import { verdictInWords } from '../statistics/words.ts';
import { formatNumber } from '../text/number.ts';
import { capacityMetric, compareCapacities, toSearchPairs, unsharedObjectives } from './capacity.ts';
import type { Difference } from './environment.ts';
import type { RunMetric } from './metrics.ts';
import type { CellPair, ComparedRun, Matched } from './runs.ts';

/** What is said of one figure of one pair of cells. */
export type RowVerdict =
  | { readonly state: 'faster' | 'slower'; readonly isBeyondMargin: boolean }
  | { readonly state: 'equivalent' }
  /** A clause of plain text. */
  | { readonly state: 'inconclusive'; readonly reason: string }
  /** Both are too small to be told from nothing. */
  | { readonly state: 'negligible'; readonly reason: string };

export type Row = {
  readonly pair: CellPair;
  readonly metric: RunMetric;
  readonly comparison: Comparison;
  readonly verdict: RowVerdict;
};

/** Base against one head. */
export type HeadComparison = Omit<Matched, 'pairs'> & {
  readonly rows: readonly Row[];
  readonly differences: readonly Difference[];
};

export type CompareReport = {
  readonly base: ComparedRun;
  readonly baseLabel: string;
  readonly heads: readonly HeadComparison[];
  readonly pairing: 'blocks' | 'none';
  /** 0.03 for ±3 %. */
  readonly margin: number;
  readonly confidence: number;
  /** Comparisons with an interval that are judged together. */
  readonly familySize: number;
  /** What was left out of what was read, and what else one has to know: sentences of plain text. */
  readonly notes: readonly string[];
};

export type CompareInput = {
  readonly base: ComparedRun;
  readonly baseLabel: string;
  readonly matches: readonly (Matched & { readonly differences: readonly Difference[] })[];
  readonly metrics: readonly RunMetric[];
  readonly pairing: 'blocks' | 'none';
  readonly margin: number;
  readonly notes: readonly string[];
};

const confidence = 0.95;

/** Every figure of every pair, with verdicts that hold for all of them at once (Holm over the family). */
export function compareRuns(input: CompareInput): CompareReport {
  const { matches, pairing, margin } = input;
  const candidates = matches.reduce((sum, { pairs }) => sum + pairs.length, 0) * input.metrics.length;
  const runs = [input.base.run, ...matches.map(({ run }) => run)];
  const stopping = runs.some(addedBlocks) ? 'precision' : 'fixed';
  const compareWith = toCompare({ margin, confidence, pairing, stopping }, candidates);
  const capacities = toCapacities(input);
  const compared = matches.flatMap((match, head) => {
    if (isSearch(input.base.run) && isSearch(match.run)) {
      return capacities(match).map((each) => ({ head, ...each }));
    }
    return match.pairs.flatMap((pair) =>
      input.metrics.flatMap((metric) => {
        if (!isShown(pair, metric, input.metrics)) return [];
        return [{ head, pair, metric, comparison: compareWith(pair, metric) }];
      }),
    );
  });
  const judged = compared.filter(({ comparison, metric }) => !isNegligible(comparison, metric));
  const family = new Map(
    toFamily(judged.map(({ comparison }) => comparison)).map((each, index) => [judged[index], each]),
  );
  const rows = compared.map((each) => {
    const comparison = family.get(each) ?? each.comparison;
    const verdict = toRowVerdict(comparison, each.metric);
    return { head: each.head, row: { pair: each.pair, metric: each.metric, comparison, verdict } };
  });
  return {
    base: input.base,
    baseLabel: input.baseLabel,
    heads: matches.map(({ pairs, ...match }, index) => ({
      ...match,
      incomparable: [...match.incomparable, ...unsharedObjectives(pairs, input.base.run, match.run)],
      rows: rows.filter(({ head }) => head === index).map(({ row }) => row),
    })),
    pairing,
    margin,
    confidence,
    familySize: [...family.values()].filter(({ pValues }) => pValues !== null).length,
    notes: input.notes,
  };
}

/** Blocks were added until intervals were narrow: the intervals then allow for that. */
function addedBlocks({ experiment: { design } }: Run): boolean {
  return design.kind === 'blocks' && design.precision !== undefined;
}

const isSearch = ({ experiment }: Run) => experiment.design.kind === 'search';

/** Capacities of searches, where they were asked for: one figure for each objective. */
function toCapacities({ base, metrics, margin }: CompareInput) {
  const asked = metrics.find(({ key }) => key === 'capacity');
  const named = new Map<number, RunMetric>();
  return ({ pairs, run }: CompareInput['matches'][number]): Pick<Row, 'pair' | 'metric' | 'comparison'>[] => {
    if (asked === undefined) return [];
    return toSearchPairs(pairs, base.run, run).map((searches) => {
      const { objective } = searches.base;
      const metric = named.get(objective.p99Ms) ?? capacityMetric(asked, objective);
      named.set(objective.p99Ms, metric);
      const comparison = compareCapacities(searches, metric, { margin, confidence });
      return { pair: searches.pair, metric, comparison };
    });
  };
}

const fewResamples = 9_999;

/**
 * A p-value can't be smaller than 1 in the number of resamples, so in a large family Holm would find nothing, whatever there
 * is. There, what few resamples leave open is compared again with as many as it takes.
 */
function toCompare(options: CompareOptions, candidates: number) {
  const resamples = 40 * candidates;
  return ({ baseSide, headSide }: CellPair, metric: RunMetric): Comparison => {
    const first = compareCells(baseSide, headSide, metric, { ...options, resamples: fewResamples });
    const { pValues } = first;
    const least = pValues === null ? 1 : Math.min(pValues.different, pValues.equivalent);
    if (resamples <= fewResamples || least > 20 / fewResamples) return first;
    return compareCells(baseSide, headSide, metric, { ...options, resamples });
  };
}

/** A metric that either side has; of a pair without any valid replicate the first one, so that it is not left out. */
function isShown({ baseSide, headSide }: CellPair, metric: RunMetric, all: readonly RunMetric[]): boolean {
  const valid = [baseSide, headSide].flatMap(({ cellIds, replicates }) =>
    replicates.filter((replicate) => replicate.outcome === 'valid' && cellIds.includes(replicate.cell.id)),
  );
  if (valid.length === 0) return metric === all[0];
  return valid.some(
    (replicate) => replicate.outcome === 'valid' && (metric.pick(replicate) ?? null) !== null,
  );
}

function isNegligible({ baseFigure, headFigure }: Comparison, { least }: RunMetric): boolean {
  const figures = [baseFigure, headFigure].filter((figure) => figure !== null);
  return figures.length === 2 && figures.every(({ median }) => Math.abs(median) < least);
}

function toRowVerdict(comparison: Comparison, metric: RunMetric): RowVerdict {
  const { verdict, pairing, margin } = comparison;
  if (isNegligible(comparison, metric)) {
    const reason = `both below ${formatNumber(metric.least)} ${metric.unit}, which is how exactly it is measured`;
    return { state: 'negligible', reason };
  }
  if (verdict.state === 'inconclusive') return { state: 'inconclusive', reason: verdict.reason };
  if (verdict.state === 'equivalent' || pairing === 'blocks' || verdict.isBeyondMargin) return verdict;
  // Of what changed between two runs besides the cells, an interval that rests on replicates knows nothing.
  const percent = formatNumber(margin * 100);
  const reason = `a difference is seen, but not beyond ±${percent} %, and base and head were not paired`;
  return { state: 'inconclusive', reason };
}

/** A row's verdict as a clause of plain text, its state first. */
export function rowInWords({ comparison, verdict }: Row): string {
  if (verdict.state === 'inconclusive' || verdict.state === 'negligible')
    return `${verdict.state}: ${verdict.reason}`;
  return verdictInWords(comparison);
}
