import type { Replicate, ValidReplicate } from '@acceptbench/results/replicate';
import { logAverage } from 'simple-statistics';
import { type Figure, toFigure, toObservedFigure } from '../analysis/summary.ts';
import type { BootstrapOptions } from './pivot.ts';
import { type BlockPair, type RatioSummary, toPairedRatio, toUnpairedRatio } from './ratio.ts';
import {
  adjustPValues,
  type Direction,
  type PValues,
  toPValues,
  toVerdict,
  type Verdict,
} from './verdict.ts';

/** A figure of a replicate that cells are compared by. */
export type Metric = {
  /** As it stands in a sentence: `p99 response time`. */
  readonly name: string;
  /** `ms`, `req/s`. */
  readonly unit: string;
  readonly pick: (replicate: ValidReplicate) => number | null | undefined;
  readonly better: Direction;
  /** What head did when its figure is larger, and smaller: `completed more`, `completed fewer`. */
  readonly words: { readonly up: string; readonly down: string };
  /** A percentile is never averaged: each side's figure is then one that some replicate showed. */
  readonly isPercentile: boolean;
};

/** One side of a comparison: a cell's replicates, or those of one cell under several names, which count as replicates of one. */
export type Side = {
  readonly name: string;
  readonly cellIds: readonly string[];
  /** Any of a run's; only valid ones of these cells are looked at. */
  readonly replicates: readonly Replicate[];
};

export type CompareOptions = BootstrapOptions & {
  /** 0.03 for ±3 %. */
  readonly margin?: number;
  /** 0.95 for 95 %; the error rate of a whole family is 1 less this. */
  readonly confidence?: number;
  /** `blocks`: the sides ran side by side, in the same blocks of one run. `none`: they are from different runs. */
  readonly pairing?: 'blocks' | 'none';
  /** `precision`: the run added blocks until its intervals were narrow (`--precision`), which the intervals then allow for. */
  readonly stopping?: 'fixed' | 'precision';
};

export type Comparison = {
  readonly metric: Metric;
  readonly base: string;
  readonly head: string;
  /** Each side by itself, over the replicates that are compared; null without any. */
  readonly baseFigure: Figure | null;
  readonly headFigure: Figure | null;
  /** head / base. */
  readonly ratio: RatioSummary;
  readonly pairing: 'blocks' | 'none';
  /** Blocks in which only this side has a figure, so that they could not be paired; 0 without pairing. */
  readonly unpaired: { readonly base: number; readonly head: number };
  readonly margin: number;
  readonly confidence: number;
  /** By itself; null where there is no interval. */
  readonly pValues: PValues | null;
  /** After Holm's adjustment over the family: the verdict rests on these. */
  readonly adjusted: PValues | null;
  /** Comparisons with an interval that are judged together: 1 until `toFamily`. */
  readonly familySize: number;
  readonly verdict: Verdict;
};

/** A side of one cell; of one that ran under two names (A/A), pass both cells. */
export function toSide(
  replicates: readonly Replicate[],
  cells: readonly { readonly id: string }[],
  name: string = cells.map(({ id }) => id).join(' + '),
): Side {
  return { name, cellIds: cells.map(({ id }) => id), replicates };
}

/**
 * How head's figure compares with base's, as the ratio head / base of geometric means over blocks. Several replicates of a side
 * in one block are one observation, their geometric mean. Pass all that are shown together to {@link toFamily} afterwards.
 *
 * @throws {RangeError} when an option is out of range.
 */
export function compareCells(
  base: Side,
  head: Side,
  metric: Metric,
  options: CompareOptions = {},
): Comparison {
  const { margin = 0.03, confidence = 0.95, pairing = 'blocks' } = options;
  const bases = figuresByBlock(base, metric);
  const heads = figuresByBlock(head, metric);
  const isUsed = (block: number) => pairing === 'none' || (bases.has(block) && heads.has(block));
  const baseUsed = [...bases].filter(([block]) => isUsed(block));
  const headUsed = [...heads].filter(([block]) => isUsed(block));
  const [baseFigures, headFigures] = [baseUsed, headUsed].map((used) => used.flatMap(([, each]) => each));
  const toCenter = metric.isPercentile ? toObservedFigure : toFigure;
  const measured = {
    metric,
    base: base.name,
    head: head.name,
    baseFigure: toCenter(baseFigures ?? []),
    headFigure: toCenter(headFigures ?? []),
    pairing,
    unpaired: { base: bases.size - baseUsed.length, head: heads.size - headUsed.length },
    margin,
    confidence,
  };
  if ([...(baseFigures ?? []), ...(headFigures ?? [])].some((figure) => figure <= 0)) {
    const reason = `in a block ${metric.name} is not above 0, so there is no ratio`;
    const verdict: Verdict = { state: 'inconclusive', cause: 'not-positive', reason };
    return { ...measured, ratio: { state: 'none' }, pValues: null, adjusted: null, familySize: 1, verdict };
  }
  const ratio =
    pairing === 'none'
      ? toUnpairedRatio(baseUsed.map(centerOf), headUsed.map(centerOf), options)
      : toPairedRatio(toPairs(baseUsed, heads), options);
  const pValues = toPValues(ratio, margin);
  const judged = { ...measured, ratio: ratio.summary, pValues, adjusted: pValues, familySize: 1 };
  return { ...judged, verdict: toVerdict({ ...judged, better: metric.better }) };
}

/**
 * The same comparisons, judged as one family: the chance that any of those which are alike is called faster or slower is at
 * most 5 %, and likewise the chance that any that differ by the margin or more is called equivalent. Put in it all that a
 * reader sees as one list of findings; margins and confidence are those of each comparison.
 */
export function toFamily(comparisons: readonly Comparison[]): Comparison[] {
  const adjusted = adjustPValues(comparisons.map(({ pValues }) => pValues));
  const familySize = comparisons.filter(({ pValues }) => pValues !== null).length;
  return comparisons.map((comparison, index) => {
    const judged = { ...comparison, adjusted: adjusted[index] ?? null, familySize };
    if (judged.adjusted === null) return judged;
    return { ...judged, verdict: toVerdict({ ...judged, better: judged.metric.better }) };
  });
}

/** The figures of each block in which the side has one, in order of blocks. */
function figuresByBlock({ cellIds, replicates }: Side, metric: Metric): Map<number, number[]> {
  const ids = new Set(cellIds);
  const byBlock = new Map<number, number[]>();
  for (const replicate of replicates.toSorted((a, b) => a.block - b.block)) {
    if (replicate.outcome !== 'valid' || !ids.has(replicate.cell.id)) continue;
    const figure = metric.pick(replicate);
    if (figure === null || figure === undefined || !Number.isFinite(figure)) continue;
    byBlock.set(replicate.block, [...(byBlock.get(replicate.block) ?? []), figure]);
  }
  return byBlock;
}

function toPairs(bases: readonly BlockFigures[], heads: ReadonlyMap<number, readonly number[]>): BlockPair[] {
  return bases.map(([block, figures]) => ({
    block,
    base: centerOf([block, figures]),
    head: centerOf([block, heads.get(block) ?? []]),
  }));
}

type BlockFigures = readonly [block: number, figures: readonly number[]];

/** Geometric mean of a block's figures, each above 0. */
function centerOf([, figures]: BlockFigures): number {
  return logAverage(figures);
}
