import type { Cell } from '@acceptbench/results/cell';
import { compareRuns, type Row, rowInWords } from '../compare/comparison.ts';
import { metrics, type RunMetric } from '../compare/metrics.ts';
import type { CellPair } from '../compare/runs.ts';
import { toSide } from '../statistics/compareCells.ts';
import { toNoiseFloor } from '../statistics/noiseFloor.ts';
import type { BlockPair } from '../statistics/ratio.ts';
import { loadName, topologyName } from '../text/cell-name.ts';
import type { Context } from './context.ts';

/** What is said of a ratio in one word. `negligible`: both figures are too small to be told from nothing. */
export type VerdictWord =
  | 'faster'
  | 'slower'
  | 'equivalent'
  | 'inconclusive'
  | 'negligible'
  | 'invalid'
  | 'not offered';

/** A cell against its baseline in one figure. */
export type Ratio = {
  /** `bun / node`, and what both have alike. */
  readonly label: string;
  /** Which of the cells' fields differs. */
  readonly by: string;
  readonly head: Cell;
  readonly base: Cell;
  readonly metric: RunMetric;
  readonly row: Row;
  readonly verdict: VerdictWord;
  /** The verdict as a clause, with its reason. */
  readonly words: string;
};

export type Comparisons = {
  readonly ratios: readonly Ratio[];
  /** 0.03 for ±3 %. */
  readonly margin: number;
  readonly familySize: number;
  /** How far apart equal things came out, as a factor, by metric: of six blocks or more, 95 % of estimates are within; else the farthest. */
  readonly noise: ReadonlyMap<string, number>;
  /** What the ratios are to, in a sentence; null where nothing is compared. */
  readonly baseline: string | null;
};

const margin = 0.03;

/** A list this long takes a second to judge; of more pairs fewer are compared, and in fewer figures. */
const mostRatios = 240;

/** In order of what a reader wants to know first. */
const comparedKeys = ['mean', 'completed', 'p99', 'drain', 'accept-wait'];

type Dimension = {
  readonly name: string;
  readonly of: (cell: Cell) => string;
  /** Which value the others are compared with, of those there are; the first of the plan unless told. */
  readonly baseline: (values: readonly string[]) => string | undefined;
};

const firstOf = (values: readonly string[]) => values[0];

const dimensions: readonly Dimension[] = [
  {
    name: 'runtime',
    of: ({ runtime }) => runtime,
    baseline: (values) => values.find((value) => /^node(@|$)/.test(value)) ?? values[0],
  },
  {
    name: 'topology',
    of: topologyName,
    baseline: (values) => values.find((value) => value === 'inline') ?? values[0],
  },
  { name: 'api', of: ({ api }) => api, baseline: firstOf },
  { name: 'policy', of: ({ policy }) => policy, baseline: firstOf },
  { name: 'work', of: ({ work }) => work.kind, baseline: firstOf },
  {
    name: 'backlog',
    of: ({ backlog, somaxconn }) =>
      backlog === undefined && somaxconn === undefined
        ? 'default backlog'
        : `backlog ${backlog ?? somaxconn}`,
    baseline: firstOf,
  },
  {
    name: 'queue limit',
    of: ({ queueLimit }) => (queueLimit === undefined ? 'no limit' : `limit ${queueLimit}`),
    baseline: (values) => values.find((value) => value === 'no limit') ?? values[0],
  },
  { name: 'load', of: loadName, baseline: () => undefined },
];

/** Cells that are one but for the arm of an A/A run. */
type Merged = { readonly cell: Cell; readonly cells: readonly Cell[]; readonly values: readonly string[] };

/** Every cell against the one that is like it but for the baseline's value in one field. One family (Holm). */
export function toComparisons(context: Context): Comparisons {
  const pairs = toBaselinePairs(context);
  const chosen = toChosen(context, pairs.length);
  const report = compareAll(context, pairs, chosen);
  const about = new Map(pairs.map((pair) => [pair.pair, pair]));
  const ratios = report.rows.flatMap((row): Ratio[] => {
    const pair = about.get(row.pair);
    return pair === undefined ? [] : [toRatio(context, pair, row)];
  });
  return {
    ratios,
    margin,
    familySize: report.familySize,
    noise: toNoise(context, chosen),
    baseline: toBaseline(pairs),
  };
}

/** Every cell and what it is compared with. */
export function toBaselinePairs(context: Pick<Context, 'cells' | 'replicates'>): Pair[] {
  const merged = toMerged(context.cells);
  const all = dimensions.flatMap((dimension, at) => toPairs(context, merged, dimension, at));
  return all.length <= mostRatios ? all : all.filter(({ by }) => by === 'runtime' || by === 'topology');
}

type Pair = { readonly pair: CellPair; readonly by: string; readonly label: string; readonly to: string };

function toMerged(cells: readonly Cell[]): Merged[] {
  const groups = Map.groupBy(cells, (cell) => dimensions.map(({ of }) => of(cell)).join('\n'));
  return [...groups.values()].flatMap((group) => {
    const cell = group[0];
    return cell === undefined ? [] : [{ cell, cells: group, values: dimensions.map(({ of }) => of(cell)) }];
  });
}

function toPairs(
  context: Pick<Context, 'replicates'>,
  merged: readonly Merged[],
  dimension: Dimension,
  at: number,
): Pair[] {
  const values = [...new Set(merged.map((each) => each.values[at] ?? ''))];
  if (values.length < 2) return [];
  const varied = dimensions.flatMap(({ name }, index) =>
    index !== at && name !== 'load' && new Set(merged.map((each) => each.values[index])).size > 1
      ? [index]
      : [],
  );
  const groups = Map.groupBy(merged, (each) => each.values.toSpliced(at, 1).join('\n'));
  return [...groups.values()].flatMap((group) => {
    const base = group.find((each) => each.values[at] === dimension.baseline(values));
    if (base === undefined) return [];
    return group.flatMap((head) => {
      if (head === base) return [];
      const alike = varied.map((index) => head.values[index]).join(', ');
      const label = `${head.values[at]} / ${base.values[at]}${alike === '' ? '' : `, ${alike}`}`;
      const side = ({ cells }: Merged, name: string) => toSide(context.replicates, cells, name);
      const pair = {
        base: base.cell,
        head: head.cell,
        baseSide: side(base, base.values[at] ?? ''),
        headSide: side(head, head.values[at] ?? ''),
      };
      return [{ pair, by: dimension.name, label, to: base.values[at] ?? '' }];
    });
  });
}

function toChosen(context: Context, pairs: number): RunMetric[] {
  const valid = context.replicates.filter((replicate) => replicate.outcome === 'valid');
  const present = comparedKeys.flatMap((key) => {
    const metric = metrics.find((each) => each.key === key);
    return metric !== undefined && valid.some((replicate) => (metric.pick(replicate) ?? null) !== null)
      ? [metric]
      : [];
  });
  return present.slice(0, Math.max(1, Math.floor(mostRatios / Math.max(1, pairs))));
}

function compareAll(context: Context, pairs: readonly Pair[], chosen: readonly RunMetric[]) {
  const { run, replicates } = context;
  const report = compareRuns({
    base: { label: run.id, run, replicates },
    baseLabel: run.id,
    matches: [
      {
        headLabel: run.id,
        run,
        pairs: pairs.map(({ pair }) => pair),
        incomparable: [],
        onlyInBase: [],
        onlyInHead: [],
        differences: [],
      },
    ],
    metrics: chosen,
    pairing: 'blocks',
    margin,
    notes: [],
  });
  return { rows: report.heads.flatMap(({ rows }) => rows), familySize: report.familySize };
}

function toRatio(context: Context, { pair, by, label }: Pair, row: Row): Ratio {
  const about = { label, by, head: pair.head, base: pair.base, metric: row.metric, row };
  const missing = [pair.headSide, pair.baseSide].find(
    ({ cellIds }) =>
      !context.replicates.some(({ outcome, cell }) => outcome === 'valid' && cellIds.includes(cell.id)),
  );
  if (missing === undefined) return { ...about, verdict: row.verdict.state, words: rowInWords(row) };
  const outcomes = context.replicates.filter(({ cell }) => missing.cellIds.includes(cell.id));
  const notOffered = outcomes.find((replicate) => replicate.outcome === 'not-offered');
  if (notOffered?.outcome === 'not-offered') {
    return {
      ...about,
      verdict: 'not offered',
      words: `${missing.name} does not offer it: ${notOffered.reason}`,
    };
  }
  return { ...about, verdict: 'invalid', words: `${missing.name} has no valid replicate` };
}

/** How far apart the two arms of the same cell came out, as a factor; by metric. */
function toNoise(context: Context, chosen: readonly RunMetric[]): Map<string, number> {
  const arms = toMerged(context.cells).filter(
    ({ cells }) => cells.length === 2 && cells.every(({ arm }) => arm !== undefined),
  );
  const noise = new Map<string, number>();
  for (const { key, pick } of chosen) {
    const pairs = arms.map(({ cells: [a, b] }) => {
      const [bases, heads] = [a, b].map(
        (cell) =>
          new Map(cell === undefined ? [] : context.validOf(cell).map((each) => [each.block, pick(each)])),
      );
      return [...(bases ?? [])].flatMap(([block, base]): BlockPair[] => {
        const head = heads?.get(block) ?? null;
        return base == null || head === null || !(base > 0) || !(head > 0) ? [] : [{ block, base, head }];
      });
    });
    const floor = toNoiseFloor(pairs);
    if (floor.state !== 'none') noise.set(key, floor.state === 'band' ? floor.ofEstimates : floor.farthest);
  }
  return noise;
}

function toBaseline(pairs: readonly Pair[]): string | null {
  const byDimension = Map.groupBy(pairs, ({ by }) => by);
  if (byDimension.size === 0) return null;
  const each = [...byDimension].map(([by, group]) => `${group[0]?.to} (${by})`);
  return `Ratios are to ${each.join(', ')}, each at the same load, paired by block.`;
}
