import { markdownTable } from 'markdown-table';
import { escapeMarkdown } from '../text/escape-markdown.ts';
import { lengthOf, toPlainLine } from '../text/plain.ts';
import type { CompareReport, HeadComparison } from './comparison.ts';
import type { Outcome } from './outcome.ts';
import { type HeadTexts, superscript, toHeadTexts } from './rowTexts.ts';
import {
  differenceInWords,
  findingsInWords,
  leftOutInWords,
  methodInWords,
  outcomeInWords,
  sidesInWords,
} from './words.ts';

export type CompareMarkdownOptions = {
  /** Most characters: GitHub takes 65,536 in a comment. */
  readonly most?: number;
};

const defaultMost = 60_000;

/**
 * A comparison in GitHub's Markdown, for a comment: the outcome is in the first line, the tables are collapsed. Where it would
 * be too long, the tables go first, and what is left says so. Text from outside is escaped. Ends with a newline.
 */
export function renderCompareMarkdown(
  report: CompareReport,
  outcome: Outcome,
  { most = defaultMost }: CompareMarkdownOptions = {},
): string {
  const whole = render(report, outcome, true);
  return whole.length <= most ? whole : cut(render(report, outcome, false), most);
}

function render(report: CompareReport, outcome: Outcome, withTables: boolean): string {
  const heads = report.heads.map((head) => ({ head, texts: toHeadTexts(head) }));
  return `${[
    `## ${icons[outcome.state]} acceptbench: ${oneLine(outcomeInWords(outcome))}`,
    '',
    ...heads.flatMap(({ head, texts }) => findings(report, head, texts)),
    ...sidesInWords(report).map((line) => `- ${oneLine(line)}`),
    ...heads.flatMap(({ head }) => differences(head)),
    ...report.notes.map((note) => `- ⚠️ ${oneLine(note)}`),
    '',
    ...(withTables
      ? heads.flatMap(({ head, texts }) => details(report, head, texts))
      : [
          'The tables are left out, as they are too long for a comment: `--format html` has them.',
          '',
          ...heads.flatMap(({ head }) => notCompared(leftOutInWords(head, report.baseLabel))),
        ]),
    '<details><summary>How to read it</summary>',
    '',
    ...methodInWords(report).map((line) => `- ${oneLine(line)}`),
    '',
    '</details>',
  ].join('\n')}\n`;
}

const icons = { regression: '❌', inconclusive: '❔', 'no regression': '✅' } as const;

/** What is said before the tables, the worst first. */
const mostFindings = 20;

function findings({ heads, baseLabel }: CompareReport, head: HeadComparison, texts: HeadTexts): string[] {
  const found = findingsInWords(texts);
  if (found.length === 0) return [];
  const title = heads.length > 1 ? [`**${oneLine(`${head.headLabel} against ${baseLabel}`)}**`, ''] : [];
  const more = found.length - mostFindings;
  return [
    ...title,
    ...found.slice(0, mostFindings).map((line) => `- ${oneLine(line)}`),
    ...(more > 0 ? [`- and ${more} more`] : []),
    '',
  ];
}

function differences({ headLabel, differences }: HeadComparison): string[] {
  return differences.map((each) => {
    const mark = each.weight === 'warning' ? '⚠️ differs' : 'differs, as it may';
    return `- ${mark} in ${oneLine(headLabel)}: ${oneLine(differenceInWords(each))}`;
  });
}

function details({ baseLabel }: CompareReport, head: HeadComparison, texts: HeadTexts): string[] {
  const rows = texts.groups.flatMap((group) => group.rows).length;
  const leftOut = leftOutInWords(head, baseLabel);
  return [
    `<details><summary>${oneLine(`${head.headLabel} against ${baseLabel}: all ${rows} comparisons`)}</summary>`,
    '',
    ...texts.groups.flatMap(({ title, rows }) => [
      `**${oneLine(title)}**`,
      '',
      markdownTable(
        [
          [...texts.names, 'base', 'head', 'ratio', 'n', 'verdict'],
          ...rows.map(({ name, base, head, ratio, n, verdict, note }) =>
            [...name, base, head, ratio, n, `${verdict}${note === null ? '' : superscript(note)}`].map(
              oneLine,
            ),
          ),
        ],
        { align: [...texts.names.map(() => 'l'), 'r', 'r', 'r', 'r', 'l'], stringLength: lengthOf },
      ),
      '',
    ]),
    ...texts.footnotes.map((note, index) => `${superscript(index + 1)} ${oneLine(note)}<br>`),
    '',
    ...notCompared(leftOut),
    '</details>',
    '',
  ];
}

function notCompared(leftOut: readonly string[]): string[] {
  if (leftOut.length === 0) return [];
  return ['Not compared:', '', ...leftOut.map((line) => `- ${oneLine(line)}`), ''];
}

/** Whole lines of the beginning: what is said first is what counts most. */
function cut(text: string, most: number): string {
  if (text.length <= most) return text;
  const end = '\n\n… cut: it is too long for a comment.\n';
  return `${text.slice(0, text.lastIndexOf('\n', most - end.length))}${end}`;
}

const oneLine = (text: string) => escapeMarkdown(toPlainLine(text));
