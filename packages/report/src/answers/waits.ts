import { type Cell, offeredPerSecond } from '@acceptbench/results/cell';
import type { Replicate } from '@acceptbench/results/replicate';
import { isOverload } from '../analysis/overload.ts';
import type { CellSummary, Figure } from '../analysis/summary.ts';
import { mostlyInWords } from '../model/charts/waits.ts';
import type { Comparisons } from '../model/comparisons.ts';
import { type Context, highestRate } from '../model/context.ts';
import { loadName, topologyInWords } from '../text/cell-name.ts';
import { formatNumber } from '../text/number.ts';
import type { Answer, Answers } from './answer.ts';
import { capital } from './subjects.ts';
import { type Move, moveInWords, moveOf, waitsInWords } from './where.ts';

/** An answer, the loads it is about, and what offloading did to the wait in the accept queue; null where the run does not compare the two. */
type WaitAnswer = Answer & { readonly move: Move | null; readonly rates: readonly string[] };

/**
 * Where requests wait, one answer for each runtime (and for each api, policy, work and backlog, where the run varies them), from
 * the cell of the highest load of each topology.
 */
export function waitAnswers(context: Context, comparisons: Comparisons): Answers {
  const subjects = Map.groupBy(context.cells, (cell) => {
    const variant = context.variantOf(cell);
    return variant === '' ? cell.runtime : `${cell.runtime} (${variant})`;
  });
  const answers = [...subjects].map(([subject, cells]) =>
    toAnswer(context, comparisons, subject, highestOfEachTopology(cells)),
  );
  const isCompared = answers.some(({ move, state }) => move !== null || state === 'inconclusive');
  return {
    headline: isCompared || answers.length === 0 ? toHeadline(answers) : mostly(context, comparisons),
    lead: toLead(answers),
    answers,
  };
}

/** Without inline and offload to compare: what was shown to differ at the highest load, and where most of the time goes by there. */
function mostly({ cells, summaryOf }: Context, { ratios }: Comparisons): string {
  const rate = highestRate(cells);
  const isShown = (cell: Cell) => (offeredPerSecond(cell) ?? 0) === rate;
  const differing = ratios.filter(
    ({ head, metric, verdict }) =>
      isShown(head) && metric.key === 'completed' && (verdict === 'faster' || verdict === 'slower'),
  );
  const verdicts = differing.length > mostVerdicts ? [] : differing.map(({ words }) => `${capital(words)}.`);
  return [...verdicts, mostlyInWords(cells.filter(isShown).flatMap((cell) => summaryOf(cell) ?? []))].join(
    ' ',
  );
}

/** More of them than this are no headline: the ratios have all. */
const mostVerdicts = 2;

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

function toAnswer(
  context: Context,
  comparisons: Comparisons,
  subject: string,
  cells: readonly Cell[],
): WaitAnswer {
  const { replicates } = context;
  const look = cells[0] === undefined ? null : context.lookOf(cells[0]);
  const found = cells.flatMap((cell) => context.summaryOf(cell) ?? []);
  const missing = cells.filter((cell) => context.summaryOf(cell) === null);
  const inline = found.find(({ cell }) => cell.topology === 'inline');
  const offload = found.find(({ cell }) => cell.topology === 'offload');
  const rates = [...new Set(cells.map(atRate))];
  const gaps = missing.map(
    (cell) => `${capital(topologyInWords(cell))} has no valid replicate (${whyNone(cell, replicates)}).`,
  );
  const comparedIsMissing = missing.some(({ topology }) => topology === 'inline' || topology === 'offload');
  const [first, ...others] = inline === undefined ? found : [inline, ...found.filter((s) => s !== inline)];
  if (first === undefined || comparedIsMissing) {
    const known = found.map((summary) => `${toName(summary, rates)}: ${waitsInWords(summary)}.`);
    return {
      state: 'inconclusive',
      subject,
      look,
      move: null,
      rates,
      sentences: [`Inconclusive: ${gaps.join(' ')}`, ...known],
    };
  }

  let move: Move | null = null;
  const sentences = [`${toName(first, rates)}: ${waitsInWords(first)}.`];
  for (const other of others) {
    let moved = '';
    if (other === offload && inline !== undefined && sameOffer(inline, other)) {
      move = moveOf(inline, other);
      moved = moveInWords(move, inline, other);
    }
    sentences.push(`${toName(other, rates)}: ${waitsInWords(other)}${moved === '' ? '' : `; ${moved}`}.`);
  }
  sentences.push(...others.map((other) => ratesInWords(first, other, comparisons)));
  if (others.length === 0) sentences.push(`Completed ${perSecond(first.completedPerSecond)}.`);
  if (!found.some(isOverloaded)) {
    sentences.push('No cell of it is above its ceiling, so no queue had to form.');
  }
  const absent = (['inline', 'offload'] as const).filter((topology) =>
    cells.every((cell) => cell.topology !== topology),
  );
  const isAsked = context.cells.some(({ topology }) => topology === 'offload');
  if (absent.length > 0 && isAsked) {
    sentences.push(
      `The run has no ${absent.join(' and no ')} cell of it, so inline and offload are not compared.`,
    );
  }
  return { state: 'answered', subject, look, move, rates, sentences: [...sentences, ...gaps] };
}

/** Where all answers are about one load, it is said once. */
function toLead(answers: readonly WaitAnswer[]): string | null {
  const rates = new Set(answers.flatMap((answer) => answer.rates));
  return rates.size === 1
    ? `Mean response time at ${[...rates].join()}:`
    : answers.length === 0
      ? null
      : 'Mean response time:';
}

/** The topology, and the load where the answer has several. */
function toName({ cell }: CellSummary, rates: readonly string[]): string {
  const load = rates.length === 1 ? '' : ` at ${atRate(cell)}`;
  return capital(`${topologyInWords(cell)}${load}`);
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

function atRate(cell: Cell): string {
  const { load } = cell;
  if (load.kind !== 'constant-arrival-rate' || load.ofCeiling === undefined) return loadName(cell);
  return `${formatNumber(load.ratePerSecond)} req/s (${loadName(cell)})`;
}

function perSecond(figure: Figure | null): string {
  return `${formatNumber(figure?.median)} req/s (n = ${figure?.n ?? 0})`;
}

/** What the two completed, and the verdict on it. */
function ratesInWords(base: CellSummary, other: CellSummary, { ratios }: Comparisons): string {
  const names = `${topologyInWords(base.cell)} and ${topologyInWords(other.cell)}`;
  const [a, b] = [base.completedPerSecond, other.completedPerSecond].map((figure) =>
    formatNumber(figure?.median),
  );
  const rates = `${capital(names)} completed ${a} and ${b} req/s`;
  if (!sameOffer(base, other)) {
    return `${rates} of different rates that were offered (n = ${base.n} and ${other.n}), so these are not compared.`;
  }
  const ratio = ratios.find(
    ({ metric, base: from, head }) =>
      metric.key === 'completed' && from.id === base.cell.id && head.id === other.cell.id,
  );
  return ratio === undefined ? `${rates} (n = ${base.n} and ${other.n}).` : `${rates}: ${ratio.words}.`;
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
