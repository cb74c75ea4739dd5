import type { Cell } from '@acceptbench/results/cell';
import type { StageName } from '@acceptbench/results/measurement';
import type { Replicate, ValidReplicate } from '@acceptbench/results/replicate';

/**
 * One figure of a cell over its valid replicates: the median and the range. Under six blocks there is no interval worth the
 * name, so the range is all that is said of the spread. `n` is the number of replicates that have the figure: 1 at least.
 */
export type Figure = {
  readonly median: number;
  readonly min: number;
  readonly max: number;
  readonly n: number;
};

/** What a cell's valid replicates say together. A figure is null when none of them has it. */
export type CellSummary = {
  readonly cell: Cell;
  /** Valid replicates: 1 at least. */
  readonly n: number;
  readonly offeredPerSecond: Figure | null;
  readonly acceptedPerSecond: Figure | null;
  readonly completedPerSecond: Figure | null;
  /** Connections waiting: mean over the window, largest number seen, limit, and those refused a place. */
  readonly queueMean: Figure | null;
  readonly queueMax: Figure | null;
  readonly queueLimit: Figure | null;
  readonly overflows: Figure | null;
  /** Responses 503 of a server that sheds. */
  readonly shed: Figure | null;
  readonly responseMeanMs: Figure | null;
  readonly responseP99Ms: Figure | null;
  readonly ceilingPerSecond: Figure | null;
  readonly serviceTimeMs: Figure | null;
  /** The mean response time less the sum of the stages. */
  readonly residualMs: Figure | null;
  /** Mean ms per completed request; a stage that no replicate measured is absent. */
  readonly stagesMs: Readonly<Partial<Record<StageName, Figure>>>;
};

/** One summary for each cell with a valid replicate, in the order in which the cells first appear. */
export function summarize(replicates: readonly Replicate[]): CellSummary[] {
  const byCell = new Map<string, ValidReplicate[]>();
  for (const replicate of replicates) {
    if (replicate.outcome !== 'valid') continue;
    const group = byCell.get(replicate.cell.id);
    if (group === undefined) byCell.set(replicate.cell.id, [replicate]);
    else group.push(replicate);
  }
  return [...byCell.values()].flatMap((group) => {
    const cell = group[0]?.cell;
    return cell === undefined ? [] : [summarizeCell(cell, group)];
  });
}

function summarizeCell(cell: Cell, group: readonly ValidReplicate[]): CellSummary {
  const figure = (pick: (replicate: ValidReplicate) => number | null | undefined, of = toFigure) =>
    of(group.map(pick).filter((value) => value !== null && value !== undefined));
  const stagesMs: Partial<Record<StageName, Figure>> = {};
  for (const { stage } of group.flatMap((replicate) => replicate.stages)) {
    const found = figure((replicate) => replicate.stages.find((each) => each.stage === stage)?.meanMs);
    if (found !== null) stagesMs[stage] = found;
  }
  return {
    cell,
    n: group.length,
    offeredPerSecond: figure((replicate) => replicate.rates.offeredPerSecond),
    acceptedPerSecond: figure((replicate) => replicate.rates.acceptedPerSecond),
    completedPerSecond: figure((replicate) => replicate.rates.completedPerSecond),
    queueMean: figure((replicate) => replicate.acceptQueue?.mean),
    queueMax: figure((replicate) => replicate.acceptQueue?.max, toObservedFigure),
    queueLimit: figure((replicate) => replicate.acceptQueue?.limit, toObservedFigure),
    overflows: figure((replicate) => replicate.acceptQueue?.overflows, toObservedFigure),
    shed: figure((replicate) => replicate.requests.shed, toObservedFigure),
    responseMeanMs: figure((replicate) => replicate.responseTimeMs.mean),
    responseP99Ms: figure((replicate) => replicate.responseTimeMs.p99, toObservedFigure),
    ceilingPerSecond: figure((replicate) => replicate.ceilingPerSecond),
    serviceTimeMs: figure((replicate) => replicate.serviceTimeMs?.mean),
    residualMs: figure((replicate) => replicate.residualMs),
    stagesMs,
  };
}

/** Median and range; with an even number of values the median is between the middle two. Null without a value. */
export function toFigure(values: readonly number[]): Figure | null {
  return figureOf(values, (lower, upper) => lower + (upper - lower) / 2);
}

/**
 * Median and range for values that must not be averaged, such as percentiles and counts: with an even number of values the
 * larger of the middle two stands for the median, so what is printed is what some replicate showed.
 */
export function toObservedFigure(values: readonly number[]): Figure | null {
  return figureOf(values, (_lower, upper) => upper);
}

function figureOf(
  values: readonly number[],
  between: (lower: number, upper: number) => number,
): Figure | null {
  // What is not finite can't have been measured: a file that somebody wrote by hand.
  const sorted = values.filter(Number.isFinite).sort((a, b) => a - b);
  const min = sorted[0];
  const max = sorted.at(-1);
  const upper = sorted[Math.floor(sorted.length / 2)];
  const lower = sorted[Math.ceil(sorted.length / 2) - 1];
  if (min === undefined || max === undefined || upper === undefined || lower === undefined) return null;
  return { median: lower === upper ? lower : between(lower, upper), min, max, n: sorted.length };
}
