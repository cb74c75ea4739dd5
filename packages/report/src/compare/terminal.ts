import picocolors from 'picocolors';
import { type Column, layOut } from '../text/columns.ts';
import { toPlainLine, wrap } from '../text/plain.ts';
import type { CompareReport, HeadComparison } from './comparison.ts';
import type { Outcome } from './outcome.ts';
import { type HeadTexts, type RowTexts, superscript, toHeadTexts } from './rowTexts.ts';
import {
  differenceInWords,
  findingsInWords,
  leftOutInWords,
  methodInWords,
  outcomeInWords,
  sidesInWords,
} from './words.ts';

export type CompareTerminalOptions = {
  /** ANSI colours: only when asked. */
  readonly color: boolean;
  /** Longest line, in characters; 80 unless told, 40 at least. */
  readonly width?: number;
};

/** A comparison for a terminal: the outcome, what differs, a table for each figure, and what was left out. Ends with a newline. */
export function renderCompareTerminal(
  report: CompareReport,
  outcome: Outcome,
  options: CompareTerminalOptions,
): string {
  const width = Math.max(40, options.width ?? 80);
  const paint = picocolors.createColors(options.color);
  const text = (line: string) => wrap(toPlainLine(line), width, '  ');
  const dim = (line: string) => text(line).map((each) => paint.dim(each));
  const paintOutcome = { regression: paint.red, inconclusive: paint.yellow, 'no regression': paint.green };

  const head = (each: HeadComparison) => {
    const texts = toHeadTexts(each);
    const title = report.heads.length > 1 ? text(`${each.headLabel} against ${report.baseLabel}`) : [];
    return [
      ...title.map((line) => paint.bold(line)),
      ...each.differences.flatMap((difference) =>
        difference.weight === 'warning'
          ? text(`! differs: ${differenceInWords(difference)}`).map((line) => paint.yellow(line))
          : dim(`differs, as it may: ${differenceInWords(difference)}`),
      ),
      '',
      ...tables(texts, width).map((line) => colored(line, paint)),
      ...paragraph(texts.footnotes.flatMap((note, index) => dim(`${superscript(index + 1)} ${note}`))),
      ...paragraph(findingsInWords(texts).flatMap(text)),
      ...paragraph(leftOutInWords(each, report.baseLabel).flatMap((line) => text(`not compared: ${line}`))),
    ];
  };

  return `${[
    ...text(`acceptbench compare: ${outcomeInWords(outcome)}`).map((line) =>
      paint.bold(paintOutcome[outcome.state](line)),
    ),
    ...sidesInWords(report).flatMap(dim),
    ...report.notes.flatMap((note) => text(`! ${note}`)),
    ...report.heads.flatMap(head),
    ...methodInWords(report).flatMap(dim),
  ].join('\n')}\n`;
}

/** One table a figure, columns in the same places. */
function tables({ names, groups }: HeadTexts, width: number): string[] {
  const keys = names.map(
    (title, index): Column<RowTexts> => ({
      title,
      unit: '',
      align: 'left',
      cell: ({ name }) => name[index] ?? '',
    }),
  );
  const column = (
    title: string,
    align: 'left' | 'right',
    cell: Column<RowTexts>['cell'],
  ): Column<RowTexts> => ({ title, unit: '', align, cell });
  const columns = [
    column('base', 'right', ({ base }) => base),
    column('head', 'right', ({ head }) => head),
    column('ratio', 'right', ({ ratio }) => ratio),
    column('n', 'right', ({ n }) => n),
    // Its words need no title, and most are shorter than one.
    column('', 'left', ({ verdict, note }) => `${verdict}${note === null ? '' : superscript(note)}`),
  ];
  return groups.flatMap(({ title, rows }) => [
    title,
    // The second line of a table holds units, which here stand in the title.
    ...layOut(keys, columns, rows, width).flatMap(({ lines: [titles = '', , ...lines] }) =>
      [titles, ...lines].map((line) => line.trimEnd()),
    ),
    '',
  ]);
}

const paragraph = (lines: readonly string[]) => (lines.length === 0 ? [] : [...lines, '']);

function colored(line: string, paint: ReturnType<typeof picocolors.createColors>): string {
  if (line.includes('✗')) return paint.red(line);
  return line.includes('✓') ? paint.green(line) : line;
}
