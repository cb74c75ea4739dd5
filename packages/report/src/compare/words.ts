import type { Run } from '@acceptbench/results/run';
import { formatNumber } from '../text/number.ts';
import { toPlainLine } from '../text/plain.ts';
import type { CompareReport, HeadComparison } from './comparison.ts';
import type { Difference } from './environment.ts';
import type { Outcome } from './outcome.ts';
import type { HeadTexts, RowTexts } from './rowTexts.ts';

/** `REGRESSION: 2 of 12 comparisons fail.` */
export function outcomeInWords({ state, reasons }: Outcome): string {
  return `${state === 'regression' ? 'REGRESSION' : capital(state)}: ${reasons.join(' ')}`;
}

/** What is compared, a line for each side: label, when, and with which versions. */
export function sidesInWords({ base, baseLabel, heads, pairing }: CompareReport): string[] {
  if (pairing === 'blocks') {
    return [
      `base is ${toPlainLine(baseLabel)} and head ${heads.map(({ headLabel }) => toPlainLine(headLabel)).join(', ')}, in the same blocks of run ${runInWords(base.run)}`,
    ];
  }
  return [
    `base: ${toPlainLine(baseLabel)}, run ${runInWords(base.run)}`,
    ...heads.map(({ headLabel, run }) => `head: ${toPlainLine(headLabel)}, run ${runInWords(run)}`),
  ];
}

function runInWords({ id, startedAt, commit, environment: { versions } }: Run): string {
  const of =
    commit === null ? '' : `, commit ${commit.sha.slice(0, 12)}${commit.dirty ? ' with changes' : ''}`;
  const software = Object.entries(versions).map(([name, version]) => `${name} ${version}`);
  return toPlainLine(
    `${id} of ${startedAt.slice(0, 16).replace('T', ' ')} UTC${of} (${software.join(', ')})`,
  );
}

/** `CPU model: AMD EPYC and Intel Xeon`. */
export function differenceInWords({ what, base, head }: Difference): string {
  return `${toPlainLine(what)}: ${base} and ${head}`;
}

/** What is faster or slower, the worse first, a sentence for each cell. */
export function findingsInWords({ groups }: HeadTexts): string[] {
  const rows = groups.flatMap((group) => group.rows);
  return (['slower', 'faster'] as const).flatMap((state) => {
    const found = rows.filter(({ row }) => row.verdict.state === state);
    return [...Map.groupBy(found, nameOf)].map(([name, of]) => {
      const head = toPlainLine(of[0]?.row.comparison.head ?? '');
      const each = of.map(({ row: { metric }, ratio }) => {
        const isUp = (state === 'faster') === (metric.better === 'more');
        return `${isUp ? metric.words.up : metric.words.down} (${ratio.split(' ')[0]} ×)`;
      });
      return `${name === '' ? '' : `${name}: `}${state}: ${head} ${each.join(', ')}.`;
    });
  });
}

export const nameOf = ({ name }: RowTexts) => name.filter((part) => part !== '').join(' ');

/** Cells that are not in the tables, and why, a sentence each: none is left out unsaid. */
export function leftOutInWords(
  { headLabel, incomparable, onlyInBase, onlyInHead }: HeadComparison,
  baseLabel: string,
): string[] {
  return [
    ...incomparable.map(({ cellId, why }) => `${cellId} can't be compared: ${why}`),
    ...onlyInBase.map((id) => `${id} is in ${toPlainLine(baseLabel)} only`),
    ...onlyInHead.map((id) => `${id} is in ${toPlainLine(headLabel)} only`),
  ];
}

/** How to read the tables, in sentences. */
export function methodInWords({ pairing, margin, confidence, familySize }: CompareReport): string[] {
  const percent = `${formatNumber(confidence * 100)} %`;
  const within = `±${formatNumber(margin * 100)} %`;
  return [
    'A figure is the median of the valid replicates, ± half their range. A ratio is head / base, from six blocks on the geometric mean over blocks, under six the median.',
    `In round brackets is its ${percent} interval; in square brackets, under six blocks, the range. n is the number of blocks.`,
    `equivalent: within ${within}. ~: neither a difference nor equivalence is shown.${familySize > 1 ? ` Verdicts hold for all ${familySize} comparisons at once (Holm).` : ''}`,
    pairing === 'blocks'
      ? 'Base and head ran side by side, so ratios are paired by block.'
      : `The runs were not side by side: what changed between them besides the cells is in the ratio and not in its interval. So only a difference that is beyond ${within} as a whole counts as one.`,
  ];
}

const capital = (text: string) => text.charAt(0).toUpperCase() + text.slice(1);
