import { isMeasured, type Replicate } from '@acceptbench/results/replicate';
import type { Run } from '@acceptbench/results/run';
import { markdownTable } from 'markdown-table';
import { toLawSummaries } from './books.ts';
import { environmentInWords, incompleteInWords, settingsInWords } from './environment.ts';
import { glossary, method } from './glossary.ts';
import { toHeadline, toTally } from './headline.ts';
import { notMeasured, rejected } from './rejected.ts';
import {
  keyColumns,
  queueColumns,
  type ReportColumn,
  type Row,
  rateColumns,
  tailColumns,
  toLoadGroups,
  waitColumns,
} from './tables.ts';
import { escapeMarkdown, fence, quoteCommand } from './text/escape-markdown.ts';
import { absent, counted, formatNumber } from './text/number.ts';
import { lengthOf, toPlainLine } from './text/plain.ts';
import { toVerdicts } from './verdict.ts';

export type MarkdownInput = { readonly run: Run; readonly replicates: readonly Replicate[] };

/**
 * A run as `report.md`, in GitHub's Markdown: the verdict is in the first five lines. Text that came from a server or a user is
 * escaped, so that none of it is structure. Ends with a newline.
 */
export function renderMarkdown({ run, replicates }: MarkdownInput): string {
  const verdicts = toVerdicts(run, replicates);
  const incomplete = incompleteInWords(run, replicates);
  return `${[
    `# acceptbench: ${oneLine(run.experiment.name)}`,
    '',
    `**Verdict:** ${escapeMarkdown(toHeadline(verdicts))}`,
    '',
    `**${toTally(replicates)}.** ${incomplete ?? ''}`.trimEnd(),
    '',
    oneLine(run.experiment.question),
    '',
    ...verdicts.map(({ sentence }) => `- ${escapeMarkdown(sentence)}`),
    '',
    '## Environment',
    '',
    ...environmentInWords(run).map((line) => `- ${escapeMarkdown(line)}`),
    '',
    ...toLoadGroups(run, replicates).flatMap(({ title, rows }) => [
      `## ${oneLine(title)}`,
      '',
      'Rates and the accept queue: median (range) of n valid replicates.',
      '',
      toTable([...rateColumns, ...queueColumns()], rows),
      '',
      'Where requests wait: mean time per request.',
      '',
      toTable(waitColumns(rows), rows),
      '',
      'The tail, and what else bears on it.',
      '',
      toTable(tailColumns(), rows),
      '',
    ]),
    ...imbalanceSection(replicates),
    ...booksSection(replicates),
    ...rejectedSection(replicates),
    ...notMeasuredSection(replicates),
    '## How to read it',
    '',
    oneLine(run.experiment.howToRead),
    '',
    '## Method',
    '',
    ...method.map((line) => `- ${line}`),
    '',
    '## Settings',
    '',
    ...settingsInWords(run).map((line) => `- ${oneLine(line)}`),
    '',
    '## Run it again',
    '',
    ...fence([quoteCommand(run.command)], 'sh'),
    '',
    `Run ${oneLine(run.id)}, started ${oneLine(run.startedAt)}, with acceptbench ${oneLine(run.acceptbenchVersion)}.`,
    '',
    '## Glossary',
    '',
    ...glossary.map(([word, meaning]) => `- **${word}**: ${meaning}`),
  ].join('\n')}\n`;
}

function toTable(columns: readonly ReportColumn[], rows: readonly Row[]): string {
  const all = [...keyColumns, ...columns];
  const head = all.map(({ title, unit }) => (unit === '' ? title : `${title}, ${unit}`));
  const body = rows.map((row) => all.map((column) => escapeMarkdown(column.cell(row))));
  const align = all.map((column) => (column.align === 'right' ? 'r' : 'l'));
  return markdownTable([head, ...body], { align, stringLength: lengthOf });
}

/** The books: each law, in how many replicates it holds, and the worst residual; below it, each replicate's residuals. */
function booksSection(replicates: readonly Replicate[]): string[] {
  const laws = toLawSummaries(replicates);
  if (laws.length === 0) return [];
  const head = ['law', 'what must agree', 'holds', 'largest residual', 'tolerance there', 'unit'];
  const rows = laws.map(({ law, says, holding, checked, worst, unit }) => [
    law,
    escapeMarkdown(says),
    `${holding === checked ? '✓' : '✗'} ${holding}/${checked}`,
    `${formatNumber(worst.residual)} (${formatNumber(worst.left)} and ${formatNumber(worst.right)})`,
    formatNumber(worst.tolerance),
    unit,
  ]);
  const shown = laws.map(({ law }) => law);
  const each = replicates.flatMap((replicate) => {
    if (!isMeasured(replicate)) return [];
    const residuals = shown.map((law) => {
      const book = replicate.books.find((entry) => entry.law === law);
      return book === undefined ? absent : `${formatNumber(book.residual)}${book.holds ? '' : ' ✗'}`;
    });
    return [[oneLine(replicate.cell.id), formatNumber(replicate.block), replicate.outcome, ...residuals]];
  });
  return [
    '## The books',
    '',
    markdownTable([head, ...rows], { align: ['l', 'l', 'r', 'r', 'r', 'l'], stringLength: lengthOf }),
    '',
    'Residuals of each replicate, in the units above:',
    '',
    markdownTable([['cell', 'block', 'outcome', ...shown], ...each], { stringLength: lengthOf }),
    '',
  ];
}

/** Where a cell has several listeners: how even their queues are. */
function imbalanceSection(replicates: readonly Replicate[]): string[] {
  const rows = replicates.flatMap((replicate) => {
    const listeners = isMeasured(replicate) ? (replicate.acceptQueue?.listeners ?? []) : [];
    if (listeners.length < 2) return [];
    return listeners.map(({ address, limit, mean, max }, index) => [
      oneLine(replicate.cell.id),
      formatNumber(replicate.block),
      `${oneLine(address)} #${index + 1}`,
      formatNumber(mean),
      `${formatNumber(max)}/${formatNumber(limit)}`,
    ]);
  });
  if (rows.length === 0) return [];
  const head = ['cell', 'block', 'listener', 'queue, mean', 'max/limit, conn'];
  return [
    '## Each listener',
    '',
    'The kernel gives each connection to one listener, by a hash of its addresses.',
    '',
    markdownTable([head, ...rows], { align: ['l', 'r', 'l', 'r', 'r'], stringLength: lengthOf }),
    '',
  ];
}

function rejectedSection(replicates: readonly Replicate[]): string[] {
  const bad = rejected(replicates);
  if (bad.length === 0) return [];
  return [
    '## Replicates that do not count',
    '',
    ...bad.flatMap(({ outcome, cellId, block, why }) => [
      `- ✗ **${outcome}**: ${oneLine(cellId)}, block ${formatNumber(block)}`,
      ...why.map((each) => `  - ${oneLine(each)}`),
    ]),
    '',
  ];
}

function notMeasuredSection(replicates: readonly Replicate[]): string[] {
  const missing = notMeasured(replicates);
  if (missing.length === 0) return [];
  return [
    '## Not measured',
    '',
    ...missing.map(({ sentence, n }) => `- ${oneLine(sentence)} (${counted(n, 'replicate')})`),
    '',
  ];
}

const oneLine = (text: string) => escapeMarkdown(toPlainLine(text));
