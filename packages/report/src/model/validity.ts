import type { Replicate } from '@acceptbench/results/replicate';
import type { Run } from '@acceptbench/results/run';
import { leastBlocks } from '../statistics/ratio.ts';
import { incompleteInWords } from '../text/environment.ts';
import { counted } from '../text/number.ts';

/** How much of a run counts, in a word for a badge and in sentences. */
export type Validity = {
  readonly state: 'valid' | 'partly' | 'none' | 'empty';
  readonly word: string;
  readonly sentences: readonly string[];
};

export function toValidity(
  run: Run,
  replicates: readonly Replicate[],
  problems: readonly string[],
): Validity {
  const incomplete = incompleteInWords(run, replicates);
  const sentences = [
    `${toTally(replicates)}.`,
    ...(incomplete === null ? [] : [incomplete]),
    ...blocksInWords(run, replicates),
    ...problems,
  ];
  const measured = replicates.filter(({ outcome }) => outcome !== 'not-offered');
  const valid = measured.filter(({ outcome }) => outcome === 'valid').length;
  if (replicates.length === 0) return { state: 'empty', word: 'nothing was measured', sentences };
  if (valid === 0) return { state: 'none', word: 'no replicate is valid', sentences };
  if (valid === measured.length && incomplete === null && problems.length === 0) {
    return { state: 'valid', word: 'valid', sentences };
  }
  return { state: 'partly', word: 'valid in part', sentences };
}

/** How many replicates count, and how many do not: `18 replicates: 16 valid, 1 invalid, 1 failed`. */
function toTally(replicates: readonly Replicate[]): string {
  const of = (outcome: Replicate['outcome']) =>
    replicates.filter((replicate) => replicate.outcome === outcome).length;
  const notOffered = of('not-offered');
  const rest = (['invalid', 'failed'] as const).map((outcome) => `${of(outcome)} ${outcome}`);
  if (notOffered > 0) rest.push(`${notOffered} not offered`);
  return `${counted(replicates.length, 'replicate')}: ${of('valid')} valid, ${rest.join(', ')}`;
}

function blocksInWords({ experiment }: Run, replicates: readonly Replicate[]): string[] {
  const blocks = new Set(replicates.map(({ block }) => block)).size;
  if (experiment.design.kind === 'search' || blocks === 0 || blocks >= leastBlocks) return [];
  return [
    `${counted(blocks, 'block')}: figures have a range, and no interval until there are ${leastBlocks} blocks.`,
  ];
}
