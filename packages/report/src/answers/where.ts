import type { StageName } from '@acceptbench/results/measurement';
import type { CellSummary } from '../analysis/summary.ts';
import { absent, formatFigure, formatNumber } from '../text/number.ts';

/**
 * What became of the wait in the accept queue when the work was moved to workers.
 * `inside`: it left the kernel and is spent in the process or its offload queue. `gone`: it left and less than half of it is
 * spent there. `partly`: some of it left. `stayed`: hardly any did. `none`: there was none to move. `unknown`: not measured.
 */
export type Move = 'inside' | 'gone' | 'partly' | 'stayed' | 'none' | 'unknown';

/** A stage in which less than a tenth of the response time goes by is not where requests wait. */
const notableShare = 0.1;

/** Stages that together are more of the response time than this are no parts of it. */
const mostOfWhole = 1.02;

const waits = [
  ['resend', 'SYNs that were dropped and sent again'],
  ['accept-queue', "the kernel's accept queue"],
  ['process', 'the process'],
  ['offload-queue', 'the offload queue'],
  ['reply', 'the reply'],
] as const satisfies readonly (readonly [StageName, string])[];

const stageMs = (summary: CellSummary, stage: StageName) => summary.stagesMs[stage]?.median;

/** How long requests took and where they waited: `757 ms (585–930), 747 of them in the kernel's accept queue (…)`. */
export function waitsInWords(summary: CellSummary): string {
  const response = summary.responseMeanMs?.median ?? 0;
  const took = inMs(summary);
  const notable = waits
    .flatMap(([stage, place]) => {
      const ms = stageMs(summary, stage);
      return ms !== undefined && ms >= notableShare * response && ms > 0 ? [{ stage, place, ms }] : [];
    })
    .sort((a, b) => b.ms - a.ms);
  const isUnseen = stageMs(summary, 'accept-queue') === undefined;
  if (notable.length === 0) return `${took}, ${isUnseen ? 'and where is not measured' : hardlyAny(summary)}`;
  // Each is a median of its own: where replicates are far apart, together they may be more than the median of the whole.
  const addUp = notable.reduce((sum, { ms }) => sum + ms, 0) <= mostOfWhole * response;
  const places = notable.map(
    ({ stage, place, ms }, index) =>
      `${formatNumber(ms)}${index === 0 && addUp ? ' of them' : ''} in ${place}${queue(summary, stage)}`,
  );
  return `${took}${addUp ? ', ' : '; medians by stage, which need not sum: '}${places.join(' and ')}${isUnseen ? ' (the accept queue was not measured)' : ''}`;
}

/** The mean response time and its range, the unit behind the first figure. */
function inMs({ responseMeanMs }: CellSummary): string {
  const text = formatFigure(responseMeanMs);
  return text === absent ? 'not measured' : text.replace(/^\S+/, (figure) => `${figure} ms`);
}

function hardlyAny(summary: CellSummary): string {
  const work = stageMs(summary, 'work');
  return work === undefined ? 'hardly any wait' : `${formatNumber(work)} of them the work: hardly any wait`;
}

function queue(summary: CellSummary, stage: StageName): string {
  if (stage !== 'accept-queue' || summary.queueMean === null) return '';
  const limit =
    summary.queueLimit === null ? 'limit not known' : `limit ${formatNumber(summary.queueLimit.median)}`;
  const refused = summary.overflows?.median ?? 0;
  const overflows = refused > 0 ? `, ${formatNumber(refused)} overflows` : '';
  return ` (mean ${formatNumber(summary.queueMean.median)} connections, ${limit}${overflows})`;
}

/** Time spent waiting inside: in the process, in its offload queue and for its reply, ms. */
const insideMs = (summary: CellSummary) =>
  Math.max(0, stageMs(summary, 'process') ?? 0) +
  (stageMs(summary, 'offload-queue') ?? 0) +
  Math.max(0, stageMs(summary, 'reply') ?? 0);

/** What offloading did to the wait in the accept queue, both cells at the same offered rate. */
export function moveOf(inline: CellSummary, offload: CellSummary): Move {
  const before = stageMs(inline, 'accept-queue');
  const after = stageMs(offload, 'accept-queue');
  if (before === undefined || after === undefined) return 'unknown';
  if (before <= 0 || before < notableShare * (inline.responseMeanMs?.median ?? 0)) return 'none';
  const left = before - after;
  if (left < notableShare * before) return 'stayed';
  if (after > notableShare * before) return 'partly';
  return insideMs(offload) - insideMs(inline) >= left / 2 ? 'inside' : 'gone';
}

/** What offloading did, as a clause behind where the offload cell's requests waited; empty where there is nothing to say. */
export function moveInWords(move: Move, inline: CellSummary, offload: CellSummary): string {
  const before = formatNumber(stageMs(inline, 'accept-queue'));
  const after = formatNumber(stageMs(offload, 'accept-queue'));
  switch (move) {
    case 'inside':
      return `the wait moved inside, ${after} ms are left in the accept queue`;
    case 'gone':
      return `most of the wait is gone, ${after} of ${before} ms are left in the accept queue`;
    case 'partly':
      return `part of the wait moved, ${after} of ${before} ms are left in the accept queue`;
    case 'stayed':
      return 'the wait stayed where it was';
    case 'none':
    case 'unknown':
      return '';
  }
}
