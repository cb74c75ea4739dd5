import { markdownTable } from 'markdown-table';
import type { Chart } from './model/chart.ts';
import type { ReportModel } from './model/report-model.ts';
import type { Block, Section } from './model/section.ts';
import type { Table } from './model/table.ts';
import { escapeMarkdown, fence, quoteCommand } from './text/escape-markdown.ts';
import { counted } from './text/number.ts';
import { lengthOf, toPlainLine } from './text/plain.ts';

export type MarkdownOptions = {
  /** Folder of the pictures, relative to the file; null where none can be shown, as in a job summary. */
  readonly pictures: string | null;
  /** Most characters; GitHub takes 65,536 in a comment. */
  readonly limit?: number;
};

/** A part of the page, and what stands for it where there is no room. */
type Part = { readonly text: string; readonly instead: string | null };

/**
 * A report in GitHub's Markdown: the verdict is in the first five lines, tables are folded. Text that came from a server or a
 * user is escaped, so that none of it is structure. Ends with a newline.
 */
export function renderMarkdown(model: ReportModel, { pictures, limit = 60_000 }: MarkdownOptions): string {
  const { title, question, validity, answers, environment, mismatches, charts, sections } = model;
  const keep = (...lines: string[]): Part => ({ text: lines.join('\n'), instead: null });
  const parts: Part[] = [
    keep(
      `# acceptbench: ${oneLine(title)}`,
      '',
      `**Verdict:** ${escapeMarkdown(answers.headline)}`,
      '',
      `**${validity.word}.** ${validity.sentences.map(oneLine).join(' ')}`,
      '',
      oneLine(question),
      '',
    ),
    ...(answers.lead === null ? [] : [keep(escapeMarkdown(answers.lead), '')]),
    ...answers.answers.map(({ subject, sentences }) =>
      keep(`- **${oneLine(subject)}.** ${sentences.map(escapeMarkdown).join(' ')}`),
    ),
    keep('', oneLine(environment), '', ...mismatches.flatMap((line) => [`⚠ ${oneLine(line)}`, ''])),
    ...(pictures === null ? [] : charts.map((chart) => keep(...toPicture(chart, pictures)))),
    ...sections.flatMap(toParts),
  ];
  return `${fit(parts, limit)
    .join('\n')
    .replaceAll(/\n{3,}/g, '\n\n')
    .trimEnd()}\n`;
}

/** The longest parts that can go, go, until the page is short enough. */
function fit(parts: readonly Part[], limit: number): string[] {
  const texts = parts.map(({ text }) => text);
  let length = texts.reduce((sum, text) => sum + text.length + 1, 0);
  const droppable = parts
    .flatMap(({ text, instead }, index) =>
      instead === null ? [] : [{ index, instead, gain: text.length - instead.length }],
    )
    .sort((a, b) => b.gain - a.gain);
  for (const { index, instead, gain } of droppable) {
    if (length <= limit || gain <= 0) break;
    texts[index] = instead;
    length -= gain;
  }
  return length <= limit
    ? texts
    : [cutAtLine(texts.join('\n'), limit - 100), '', 'The rest is in report.html.'];
}

function cutAtLine(text: string, limit: number): string {
  return text.slice(0, Math.max(0, text.lastIndexOf('\n', limit)));
}

function toPicture({ id, title, finding }: Chart, folder: string): string[] {
  return [`![${oneLine(title)}. ${oneLine(finding)}](${folder}/${id}.svg)`, '', oneLine(finding), ''];
}

function toParts({ title, blocks }: Section): Part[] {
  const inside = blocks.flatMap(toPart);
  if (inside.length === 0) return [];
  return [
    { text: `<details><summary>${oneLine(title)}</summary>\n`, instead: null },
    ...inside,
    { text: '\n</details>\n', instead: null },
  ];
}

function toPart(block: Block): Part[] {
  const part = (...lines: string[]): Part[] => [{ text: [...lines, ''].join('\n'), instead: '' }];
  switch (block.kind) {
    case 'text':
      return part(oneLine(block.text));
    case 'list':
      return part(...block.items.map((item) => `- ${oneLine(item)}`));
    case 'terms':
      return part(...block.terms.map(([word, meaning]) => `- **${oneLine(word)}**: ${oneLine(meaning)}`));
    case 'command':
      return part(...fence([quoteCommand(block.command)], 'sh'));
    case 'table':
      return block.isCollapsed ? [] : [toTablePart(block.table)];
    case 'heading':
    case 'chart':
    case 'charts':
      return [];
  }
}

function toTablePart(table: Table): Part {
  const { title, note, columns, rows } = table;
  const head = columns.map((column) =>
    column.unit === '' ? column.title : `${column.title}, ${column.unit}`,
  );
  const body = rows.map((row) => row.map(({ text }) => escapeMarkdown(text)));
  const align = columns.map((column) => (column.align === 'right' ? 'r' : 'l'));
  const text = markdownTable([head.map(oneLine), ...body], { align, stringLength: lengthOf });
  return {
    text: `**${oneLine(title)}.** ${oneLine(note)}\n\n${text}\n`,
    instead: `**${oneLine(title)}**: no room for ${counted(rows.length, 'row')} here; report.html has them.\n`,
  };
}

const oneLine = (text: string) => escapeMarkdown(toPlainLine(text));
