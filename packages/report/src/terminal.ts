import picocolors from 'picocolors';
import type { ReportModel } from './model/report-model.ts';
import type { Table, TableCell } from './model/table.ts';
import { type Column, layOut } from './text/columns.ts';
import { formatNumber } from './text/number.ts';
import { toPlain, toPlainLine, wrap } from './text/plain.ts';

export type TerminalOptions = {
  /** ANSI colours: only when asked. */
  readonly color: boolean;
  /** Longest line, in characters; 80 unless told, 40 at least. */
  readonly width?: number;
  /** Where the results are; `results/<run id>` unless told. */
  readonly resultsPath?: string;
};

/** Sections that a terminal shows besides the first charts' tables; the others are in the files. */
const shown = ['figures'];

/**
 * A report for a terminal: the figures by load, the answers, what does not count and why, and where the results are. Text that
 * came from a server or a user loses its control characters. Ends with a newline.
 */
export function renderTerminal(model: ReportModel, options: TerminalOptions): string {
  const width = Math.max(40, options.width ?? 80);
  const paint = picocolors.createColors(options.color);
  const text = (line: string) => wrap(toPlainLine(line), width, '  ');
  const bold = (line: string) => text(line).map((each) => paint.bold(each));
  const dim = (line: string) => text(line).map((each) => paint.dim(each));

  const table = ({ title, note, keys, columns, rows }: Table) => {
    const all = columns.map((column, index) => ({
      ...column,
      cell: briefly(index, column.isBrief === true),
    }));
    return [
      ...bold(title),
      ...dim(note),
      ...layOut(all.slice(0, keys), all.slice(keys), rows, width).flatMap(({ lines }) => [
        ...lines.map((line, i) => (i < 2 ? paint.dim(line) : line).trimEnd()),
        '',
      ]),
    ];
  };
  const figures = model.sections
    .filter(({ id }) => shown.includes(id))
    .flatMap(({ blocks }) => blocks.flatMap((block) => (block.kind === 'table' ? table(block.table) : [])));
  // Where requests wait, and the rates, are among the figures already.
  const ratios = model.charts.flatMap((chart) => (chart.drawing.kind === 'dots' ? table(chart.table) : []));

  const answers = model.answers.answers.flatMap(({ subject, state, sentences }) => {
    const lines = [
      ...text(subject),
      ...sentences.flatMap((sentence) => wrap(`  ${toPlain(sentence)}`, width, '    ')),
    ];
    return [...lines.map((line) => (state === 'inconclusive' ? paint.yellow(line) : line)), ''];
  });

  const rejected = model.rejected.flatMap(({ outcome, cellId, block, why }) => [
    ...text(`✗ ${outcome}: ${cellId}, block ${block}`).map((line) => paint.red(line)),
    ...why.flatMap((each) => wrap(`  ${toPlainLine(each)}`, width, '    ')),
  ]);

  return `${[
    ...bold(`acceptbench: ${model.title}. ${model.question}`),
    ...dim(model.environment),
    ...model.mismatches.flatMap((line) => text(`! ${line}`).map((each) => paint.yellow(each))),
    '',
    ...figures,
    ...ratios,
    ...bold(model.answers.headline),
    '',
    ...(model.answers.lead === null ? [] : text(model.answers.lead)),
    ...answers,
    ...model.validity.sentences.flatMap(text),
    ...model.books.flatMap(text),
    ...rejected,
    ...(model.notMeasured.length === 0
      ? []
      : ['', ...bold('Not measured'), ...model.notMeasured.flatMap(text)]),
    '',
    ...text(`Results: ${options.resultsPath ?? `results/${model.runId}`}`),
  ].join('\n')}\n`;
}

function briefly(index: number, isBrief: boolean): Column<readonly TableCell[]>['cell'] {
  return (row) => {
    const cell = row[index];
    if (cell === undefined) return '';
    return isBrief && cell.value !== undefined ? formatNumber(cell.value) : cell.text;
  };
}
