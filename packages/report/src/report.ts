import { renderSvgFile } from './charts/svg.ts';
import { renderHtml } from './html/page.ts';
import type { Sha256 } from './html/shell.ts';
import { renderJson } from './json.ts';
import { renderMarkdown } from './markdown.ts';
import { type ReportInput, toReportModel } from './model/report-model.ts';
import { renderTerminal, type TerminalOptions } from './terminal.ts';

/** A run's report in each of its forms. */
export type Report = {
  readonly html: string;
  readonly json: string;
  readonly markdown: string;
  /** The same without pictures, for a job summary. */
  readonly summary: string;
  readonly terminal: string;
  /** The pictures of the Markdown, by file name. */
  readonly svgs: ReadonlyMap<string, string>;
};

const fileWidth = 640;

/** Folder of the pictures beside `report.md`. */
export const picturesFolder = 'report';

export type ReportOptions = { readonly sha256: Sha256; readonly terminal: TerminalOptions };

/** Stored data in, text out. */
export function renderReport(input: ReportInput, { sha256, terminal }: ReportOptions): Report {
  const model = toReportModel(input);
  const json = renderJson(model);
  return {
    html: renderHtml(model, json, sha256),
    json,
    markdown: renderMarkdown(model, { pictures: picturesFolder }),
    summary: renderMarkdown(model, { pictures: null }),
    terminal: renderTerminal(model, terminal),
    svgs: new Map(model.charts.map((chart) => [`${chart.id}.svg`, renderSvgFile(chart, fileWidth)])),
  };
}
