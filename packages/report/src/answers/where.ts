import type { StageName } from '@acceptbench/results/measurement';
import type { CellSummary } from '../analysis/summary.ts';
import { formatNumber } from '../text/number.ts';

/**
 * What became of the wait in the accept queue when the work was moved to workers.
 * `inside`: it left the kernel and is spent in the process or its offload queue. `gone`: it left and less than half of it is
 * spent there. `partly`: some of it left. `stayed`: hardly any did. `none`: there was none to move. `unknown`: not measured.
 */
export type Move = 'inside' | 'gone' | 'partly' | 'stayed' | 'none' | 'unknown';

/** A stage in which less than a tenth of the response time goes by is not where requests wait. */
const notableShare = 0.1;

const waits = [
  ['resend', 'SYNs that were dropped and sent again'],
  ['accept-queue', "the kernel's accept queue"],
  ['process', 'the process'],
  ['offload-queue', 'the offload queue'],
  ['reply', 'the reply'],
] as const satisfies readonly (readonly [StageName, string])[];

const stageMs = (summary: CellSummary, stage: StageName) => summary.stagesMs[stage]?.median;

/** Where the requests of a cell waited, as a predicate: `made requests wait 884 ms of 888 ms in the kernel's accept queue (…)`. */
export function waitsInWords(summary: CellSummary): string {
  const response = summary.responseMeanMs?.median ?? 0;
  const notable = waits
    .flatMap(([stage, place]) => {
      const ms = stageMs(summary, stage);
      return ms !== undefined && ms >= notableShare * response && ms > 0 ? [{ stage, place, ms }] : [];
    })
    .sort((a, b) => b.ms - a.ms);
  const [first, ...others] = notable;
  if (first === undefined) return withoutAWait(summary);
  const rest = others.map(
    ({ stage, place, ms }) => ` and ${formatNumber(ms)} ms in ${place}${queue(summary, stage)}`,
  );
  const unseen = stageMs(summary, 'accept-queue') === undefined ? ' (the accept queue was not measured)' : '';
  return `made requests wait ${formatNumber(first.ms)} ms of ${formatNumber(response)} ms in ${first.place}${queue(summary, first.stage)}${rest.join('')}${unseen}`;
}

function withoutAWait(summary: CellSummary): string {
  const response = `${formatNumber(summary.responseMeanMs?.median)} ms`;
  if (stageMs(summary, 'accept-queue') === undefined) {
    return `answered in ${response}, and where requests waited was not measured`;
  }
  const work = stageMs(summary, 'work');
  if (work === undefined) return `hardly made requests wait (response ${response})`;
  return `hardly made requests wait: ${formatNumber(work)} ms of ${response} is the work`;
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

/** What offloading did, as a predicate for the offload cell. */
export function moveInWords(move: Move, inline: CellSummary, offload: CellSummary): string {
  const there = `${formatNumber(stageMs(offload, 'accept-queue'))} ms there`;
  const offloadQueue = stageMs(offload, 'offload-queue');
  const inProcess = stageMs(offload, 'process') ?? 0;
  const inside = [
    ...(offloadQueue === undefined ? [] : [`${formatNumber(offloadQueue)} ms in the offload queue`]),
    ...(offloadQueue === undefined || inProcess >= notableShare * (offload.responseMeanMs?.median ?? 0)
      ? [`${formatNumber(inProcess)} ms in the process`]
      : []),
  ].join(' and ');
  const response = `response ${formatNumber(inline.responseMeanMs?.median)} to ${formatNumber(offload.responseMeanMs?.median)} ms`;
  switch (move) {
    case 'inside':
      return `moved the wait inside: ${there}, ${inside}`;
    case 'gone':
      return `took most of the wait away: ${there}, ${inside} (${response})`;
    case 'partly':
      return `moved part of the wait: ${there}, ${inside} (${response})`;
    case 'stayed':
      return `left the wait in the accept queue: ${there}, ${inside} (${response})`;
    case 'none':
    case 'unknown':
      return waitsInWords(offload);
  }
}
