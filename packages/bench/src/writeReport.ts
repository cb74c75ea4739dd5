import { createHash } from 'node:crypto';
import { mkdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { picturesFolder, type Report, renderReport } from '@acceptbench/report/report';
import type { Replicate } from '@acceptbench/results/replicate';
import type { Run } from '@acceptbench/results/run';
import { writeTo } from './output.ts';

export type StoredRun = {
  readonly folder: string;
  readonly run: Run;
  readonly replicates: readonly Replicate[];
  /** What of the run could not be read, a sentence each. */
  readonly problems: readonly string[];
};

/** A run's report in all its forms; `color` is the terminal's. */
export function toReport({ folder, ...input }: StoredRun, color: boolean): Report {
  return renderReport(input, {
    sha256: (text) => createHash('sha256').update(text).digest('base64'),
    terminal: { color, resultsPath: join(folder, 'report.html') },
  });
}

/** What a run's folder has of its report, by name: `report.html`, `report.json`, and `report.md` with its pictures. */
export function toReportFiles({ html, json, markdown, svgs }: Report): [name: string, text: string][] {
  return [
    ['report.html', html],
    ['report.json', json],
    ['report.md', markdown],
    ...[...svgs].map(([name, text]): [string, string] => [join(picturesFolder, name), text]),
  ];
}

/** Markdown with its pictures in a folder beside it. @throws FileError */
export async function writeMarkdown(file: string, { markdown, svgs }: Report): Promise<void> {
  await writeTo(file, markdown);
  const pictures = join(dirname(file), picturesFolder);
  await mkdir(pictures, { recursive: true });
  for (const [name, text] of svgs) await writeTo(join(pictures, name), text);
}
