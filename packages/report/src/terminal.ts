import type { Replicate } from '@acceptbench/results/replicate';
import type { Run } from '@acceptbench/results/run';
import picocolors from 'picocolors';
import { booksInWords } from './books.ts';
import { environmentInWords, incompleteInWords } from './environment.ts';
import { toTally } from './headline.ts';
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
import { layOut } from './text/columns.ts';
import { counted, formatMedian } from './text/number.ts';
import { toPlain, toPlainLine, wrap } from './text/plain.ts';
import { toVerdicts } from './verdict.ts';

export type TerminalInput = {
  readonly run: Run;
  readonly replicates: readonly Replicate[];
  /** ANSI colours: only when asked. */
  readonly color: boolean;
  /** Longest line, in characters; 80 unless told, 40 at least. */
  readonly width?: number;
  /** Where the results are; `results/<run id>` unless told. */
  readonly resultsPath?: string;
};

/**
 * A run for a terminal: the figures by load, the answers, what does not count and why, and where the results are. Text that came
 * from a server or a user loses its control characters. Ends with a newline.
 */
export function renderTerminal(input: TerminalInput): string {
  const { run, replicates, color } = input;
  const width = Math.max(40, input.width ?? 80);
  const paint = picocolors.createColors(color);
  const text = (line: string) => wrap(toPlainLine(line), width, '  ');
  const bold = (line: string) => text(line).map((each) => paint.bold(each));
  const dim = (line: string) => text(line).map((each) => paint.dim(each));

  const table = (columns: readonly ReportColumn[], rows: readonly Row[]) =>
    layOut(keyColumns, columns, rows, width).flatMap(({ lines }) => [
      ...lines.map((line, i) => (i < 2 ? paint.dim(line) : line).trimEnd()),
      '',
    ]);

  const groups = toLoadGroups(run, replicates).flatMap(({ title, rows }) => [
    ...bold(title),
    ...dim('Rates (per second) and accept queue (connections): median (range) of n.'),
    ...table([...rateColumns, ...queueColumns(formatMedian)], rows),
    ...dim('Where requests wait: mean per request, median of n.'),
    ...table(waitColumns(rows, formatMedian), rows),
    ...dim('The tail, and what else bears on it: median (range) of n.'),
    ...table(tailColumns(formatMedian), rows),
  ]);

  const verdicts = toVerdicts(run, replicates).flatMap(({ state, sentence }) => {
    const lines = wrap(toPlain(sentence), width, '  ');
    return [...lines.map((line) => (state === 'inconclusive' ? paint.yellow(line) : line)), ''];
  });

  const bad = rejected(replicates).flatMap(({ outcome, cellId, block, why }) => [
    ...text(`✗ ${outcome}: ${cellId}, block ${block}`).map((line) => paint.red(line)),
    ...why.flatMap((each) => wrap(`  ${toPlainLine(each)}`, width, '    ')),
  ]);

  const unmeasured = notMeasured(replicates).flatMap(({ sentence, n }) =>
    text(`${sentence} (${counted(n, 'replicate')})`),
  );
  const incomplete = incompleteInWords(run, replicates);

  return `${[
    ...bold(`acceptbench: ${run.experiment.name}. ${run.experiment.question}`),
    ...environmentInWords(run).flatMap(dim),
    '',
    ...groups,
    ...verdicts,
    ...text(`${toTally(replicates)}.`),
    ...booksInWords(replicates).flatMap(text),
    ...(incomplete === null ? [] : text(incomplete)),
    ...bad,
    ...(unmeasured.length === 0 ? [] : ['', ...bold('Not measured'), ...unmeasured]),
    '',
    ...text(`Results: ${input.resultsPath ?? `results/${run.id}`}`),
  ].join('\n')}\n`;
}
