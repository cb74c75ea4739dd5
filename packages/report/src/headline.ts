import type { Replicate } from '@acceptbench/results/replicate';
import { counted } from './text/number.ts';
import type { Verdict } from './verdict.ts';
import type { Move } from './waits.ts';

const findings: readonly (readonly [Move | null, string])[] = [
  ['inside', 'offloading moved the wait from the accept queue inside the process'],
  ['gone', 'offloading took most of the wait in the accept queue away'],
  ['partly', 'offloading moved part of the wait in the accept queue'],
  ['stayed', 'offloading left the wait in the accept queue'],
  ['none', 'there was no wait in the accept queue to move'],
  ['unknown', 'the accept queue was not measured'],
  [null, 'inline and offload are not compared'],
];

/** All verdicts in one line of plain text: each finding with those it holds for. */
export function toHeadline(verdicts: readonly Verdict[]): string {
  const parts = findings.flatMap(([move, words]) => {
    const subjects = verdicts.filter((verdict) => verdict.state === 'answered' && verdict.move === move);
    return subjects.length === 0 ? [] : [`${words} (${subjects.map(({ subject }) => subject).join(', ')})`];
  });
  const open = verdicts.filter(({ state }) => state === 'inconclusive').map(({ subject }) => subject);
  if (open.length > 0) parts.push(`inconclusive (${open.join(', ')})`);
  const line = parts.join('; ');
  return line === '' ? 'No cell, so no verdict.' : `${line.charAt(0).toUpperCase()}${line.slice(1)}.`;
}

/** How many replicates count, and how many do not: `18 replicates: 16 valid, 1 invalid, 1 failed`. */
export function toTally(replicates: readonly Replicate[]): string {
  const of = (outcome: Replicate['outcome']) =>
    replicates.filter((replicate) => replicate.outcome === outcome).length;
  const notOffered = of('not-offered');
  const rest = (['invalid', 'failed'] as const).map((outcome) => `${of(outcome)} ${outcome}`);
  if (notOffered > 0) rest.push(`${notOffered} not offered`);
  return `${counted(replicates.length, 'replicate')}: ${of('valid')} valid, ${rest.join(', ')}`;
}
