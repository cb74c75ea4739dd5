import { type Cell, offeredPerSecond } from '@acceptbench/results/cell';
import type { Replicate } from '@acceptbench/results/replicate';
import type { Run } from '@acceptbench/results/run';
import { isOverload } from './analysis/overload.ts';
import { type CellSummary, completedRatio, type Figure, summarize } from './analysis/summary.ts';
import { loadName, topologyInWords, variantOf } from './text/cell-name.ts';
import { formatNumber, formatRatio } from './text/number.ts';
import { type Move, moveInWords, moveOf, waitsInWords } from './waits.ts';

export type Verdict =
  | {
      readonly state: 'answered';
      /** Runtime, and what sets these cells apart from others of the run. */
      readonly subject: string;
      /** What offloading did to the wait in the accept queue; null when the run does not compare the two. */
      readonly move: Move | null;
      readonly sentence: string;
    }
  | { readonly state: 'inconclusive'; readonly subject: string; readonly sentence: string };

/** Rates this close are called the same: the books of a replicate close within 5 %. */
const sameRate = 0.05;

/**
 * The answers, one for each runtime (and for each api, policy, work and backlog, where the run varies them), from the cell of
 * the highest load of each topology. Plain text: it may hold what a server or a user wrote, so escape it where it is shown.
 */
export function toVerdicts(run: Pick<Run, 'cells'>, replicates: readonly Replicate[]): Verdict[] {
  const summaries = new Map(summarize(replicates).map((summary) => [summary.cell.id, summary]));
  const subjects = new Map<string, Cell[]>();
  for (const cell of run.cells) {
    const variant = variantOf(cell, run.cells);
    const subject = variant === '' ? cell.runtime : `${cell.runtime} (${variant})`;
    subjects.set(subject, [...(subjects.get(subject) ?? []), cell]);
  }
  return [...subjects].map(([subject, cells]) =>
    toVerdict(subject, highestOfEachTopology(cells), summaries, replicates),
  );
}

function toVerdict(
  subject: string,
  cells: readonly Cell[],
  summaries: ReadonlyMap<string, CellSummary>,
  replicates: readonly Replicate[],
): Verdict {
  const found = cells.flatMap((cell) => summaries.get(cell.id) ?? []);
  const missing = cells.filter((cell) => !summaries.has(cell.id));
  const inline = found.find(({ cell }) => cell.topology === 'inline');
  const offload = found.find(({ cell }) => cell.topology === 'offload');
  const gaps = missing.map(
    (cell) => `${topologyInWords(cell)} has no valid replicate (${whyNone(cell, replicates)})`,
  );
  const comparedIsMissing = missing.some(({ topology }) => topology === 'inline' || topology === 'offload');
  const [first, ...others] = inline === undefined ? found : [inline, ...found.filter((s) => s !== inline)];
  if (first === undefined || comparedIsMissing) {
    const known = found.map((summary) => `${topologyInWords(summary.cell)}: ${waitsInWords(summary)}`);
    const rest = known.length === 0 ? '' : `. What there is: ${atLoad(found)}, ${known.join('; ')}`;
    return {
      state: 'inconclusive',
      subject,
      sentence: `${subject}: inconclusive: ${gaps.join('; ')}${rest}.`,
    };
  }

  let move: Move | null = null;
  const clauses = [`${topologyInWords(first.cell)} ${waitsInWords(first)}`];
  for (const other of others) {
    const name = `${sameOffer(first, other) ? '' : `at ${atRate(other)} `}${topologyInWords(other.cell)}`;
    if (other === offload && inline !== undefined && sameOffer(inline, other)) {
      move = moveOf(inline, other);
      clauses.push(`${name} ${moveInWords(move, inline, other)}`);
    } else {
      clauses.push(`${name} ${waitsInWords(other)}`);
    }
  }
  const sentences = [`${subject}: at ${atRate(first)}, ${clauses.join('; ')}.`];
  sentences.push(...others.map((other) => ratesInWords(first, other, others.length === 1, replicates)));
  if (others.length === 0) {
    sentences.push(`${subject} completed ${perSecond(first.completedPerSecond)}.`);
  }
  if (!found.some(isOverloaded)) {
    sentences.push('No cell of it is above its ceiling, so no queue had to form.');
  }
  const absent = (['inline', 'offload'] as const).filter((topology) =>
    cells.every((cell) => cell.topology !== topology),
  );
  if (absent.length > 0) {
    sentences.push(
      `The run has no ${absent.join(' and no ')} cell of it, so inline and offload are not compared.`,
    );
  }
  if (gaps.length > 0) sentences.push(`Besides, ${gaps.join('; ')}.`);
  return { state: 'answered', subject, move, sentence: sentences.join(' ') };
}

/** The cell of the highest rate of each topology, in plan order; of equal ones the first. */
function highestOfEachTopology(cells: readonly Cell[]): Cell[] {
  const best = new Map<string, Cell>();
  for (const cell of cells) {
    const other = best.get(cell.topology);
    if (other === undefined || (offeredPerSecond(cell) ?? 0) > (offeredPerSecond(other) ?? 0)) {
      best.set(cell.topology, cell);
    }
  }
  return [...best.values()];
}

function isOverloaded({ cell, ceilingPerSecond }: CellSummary): boolean {
  return isOverload(cell, ceilingPerSecond?.median ?? null);
}

/** Latencies and rates are compared at equal offered load only. */
function sameOffer(a: CellSummary, b: CellSummary): boolean {
  return offeredPerSecond(a.cell) === offeredPerSecond(b.cell);
}

function atRate({ cell }: CellSummary): string {
  const { load } = cell;
  if (load.kind !== 'constant-arrival-rate' || load.ofCeiling === undefined) return loadName(cell);
  return `${formatNumber(load.ratePerSecond)} req/s (${loadName(cell)})`;
}

function atLoad(found: readonly CellSummary[]): string {
  return `at ${[...new Set(found.map(atRate))].join(' and ')}`;
}

function perSecond(figure: Figure | null): string {
  return `${formatNumber(figure?.median)} req/s (n = ${figure?.n ?? 0})`;
}

function ratesInWords(
  base: CellSummary,
  other: CellSummary,
  onlyTwo: boolean,
  replicates: readonly Replicate[],
): string {
  const names = `${topologyInWords(base.cell)} and ${topologyInWords(other.cell)}`;
  const [a, b] = [base.completedPerSecond, other.completedPerSecond].map((figure) =>
    formatNumber(figure?.median),
  );
  const rates = `${a} and ${b} req/s`;
  const n = `n = ${base.n} and ${other.n}`;
  if (!sameOffer(base, other)) {
    return `${capital(names)} were offered different rates, so what they completed (${rates}, ${n}) is not compared.`;
  }
  const ratio = completedRatio(replicates, base.cell, other.cell);
  if (ratio === null) {
    return `${capital(names)} completed ${rates} (${n}); no block has both, so there is no ratio.`;
  }
  const [low, median, high] = [ratio.min, ratio.median, ratio.max].map(formatRatio);
  const inBrackets = `ratio ${median}${low === high ? '' : `, ${low} to ${high}`}, n = ${ratio.n}`;
  const most = 1 + sameRate;
  const least = 1 / most;
  if (ratio.min >= least && ratio.max <= most) {
    return `${onlyTwo ? 'Both' : capital(names)} completed the same rate: ${rates} (${inBrackets}).`;
  }
  if (ratio.min > most || ratio.max < least) {
    const direction = ratio.min > most ? 'more' : 'fewer';
    return `${capital(topologyInWords(other.cell))} completed ${direction} requests than ${topologyInWords(base.cell)}: ${b} against ${a} req/s (${inBrackets}).`;
  }
  return `Whether ${names} completed the same rate is inconclusive, as the blocks do not agree: ${rates} (${inBrackets}).`;
}

/** Why a cell has no valid replicate: the gates that its replicates failed, or their errors, each with how many. */
function whyNone(cell: Cell, replicates: readonly Replicate[]): string {
  const causes = new Map<string, number>();
  const count = (cause: string) => causes.set(cause, (causes.get(cause) ?? 0) + 1);
  for (const replicate of replicates) {
    if (replicate.cell.id !== cell.id) continue;
    if (replicate.outcome === 'not-offered') count(`not offered: ${replicate.reason}`);
    if (replicate.outcome === 'failed') count(`failed: ${replicate.error}`);
    if (replicate.outcome === 'invalid') {
      for (const { gate, reason } of replicate.reasons) count(`invalid: ${gate}, ${reason}`);
    }
  }
  if (causes.size === 0) return 'none was run';
  return [...causes].map(([cause, times]) => (times === 1 ? cause : `${times} × ${cause}`)).join('; ');
}

const capital = (text: string) => text.charAt(0).toUpperCase() + text.slice(1);
