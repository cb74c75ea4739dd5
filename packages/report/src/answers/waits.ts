import { type Cell, offeredPerSecond } from '@acceptbench/results/cell';
import type { Replicate } from '@acceptbench/results/replicate';
import { isOverload } from '../analysis/overload.ts';
import { type CellSummary, completedRatio, type Figure } from '../analysis/summary.ts';
import type { Context } from '../model/context.ts';
import { loadName, topologyInWords } from '../text/cell-name.ts';
import { formatNumber, formatRatio } from '../text/number.ts';
import type { Answer, Answers } from './answer.ts';
import { type Move, moveInWords, moveOf, waitsInWords } from './where.ts';

/** Rates this close are called the same: the books of a replicate close within 5 %. */
const sameRate = 0.05;

/** An answer, and what offloading did to the wait in the accept queue; null where the run does not compare the two. */
type WaitAnswer = Answer & { readonly move: Move | null };

/**
 * Where requests wait, one answer for each runtime (and for each api, policy, work and backlog, where the run varies them), from
 * the cell of the highest load of each topology.
 */
export function waitAnswers(context: Context): Answers {
  const subjects = Map.groupBy(context.run.cells, (cell) => {
    const variant = context.variantOf(cell);
    return variant === '' ? cell.runtime : `${cell.runtime} (${variant})`;
  });
  const answers = [...subjects].map(([subject, cells]) =>
    toAnswer(context, subject, highestOfEachTopology(cells)),
  );
  return { headline: toHeadline(answers), answers };
}

const findings: readonly (readonly [Move | null, string])[] = [
  ['inside', 'offloading moved the wait from the accept queue inside the process'],
  ['gone', 'offloading took most of the wait in the accept queue away'],
  ['partly', 'offloading moved part of the wait in the accept queue'],
  ['stayed', 'offloading left the wait in the accept queue'],
  ['none', 'there was no wait in the accept queue to move'],
  ['unknown', 'the accept queue was not measured'],
  [null, 'inline and offload are not compared'],
];

/** All answers in one line: each finding with those it holds for. */
function toHeadline(answers: readonly WaitAnswer[]): string {
  const parts = findings.flatMap(([move, words]) => {
    const subjects = answers.filter((answer) => answer.state === 'answered' && answer.move === move);
    return subjects.length === 0 ? [] : [`${words} (${subjects.map(({ subject }) => subject).join(', ')})`];
  });
  const open = answers.filter(({ state }) => state === 'inconclusive').map(({ subject }) => subject);
  if (open.length > 0) parts.push(`inconclusive (${open.join(', ')})`);
  const line = parts.join('; ');
  return line === '' ? 'No cell, so no verdict.' : `${capital(line)}.`;
}

function toAnswer(context: Context, subject: string, cells: readonly Cell[]): WaitAnswer {
  const { replicates } = context;
  const found = cells.flatMap((cell) => context.summaryOf(cell) ?? []);
  const missing = cells.filter((cell) => context.summaryOf(cell) === null);
  const inline = found.find(({ cell }) => cell.topology === 'inline');
  const offload = found.find(({ cell }) => cell.topology === 'offload');
  const gaps = missing.map(
    (cell) => `${topologyInWords(cell)} has no valid replicate (${whyNone(cell, replicates)})`,
  );
  const comparedIsMissing = missing.some(({ topology }) => topology === 'inline' || topology === 'offload');
  const [first, ...others] = inline === undefined ? found : [inline, ...found.filter((s) => s !== inline)];
  if (first === undefined || comparedIsMissing) {
    const known = found.map((summary) => `${topologyInWords(summary.cell)}: ${waitsInWords(summary)}`);
    return {
      state: 'inconclusive',
      subject,
      move: null,
      sentences: [
        `${subject}: inconclusive: ${gaps.join('; ')}.`,
        ...(known.length === 0 ? [] : [`What there is: ${atLoad(found)}, ${known.join('; ')}.`]),
      ],
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
  return { state: 'answered', subject, move, sentences };
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
