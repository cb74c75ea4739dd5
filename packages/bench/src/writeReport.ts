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

/** The report's files into the run's folder: `report.html`, `report.json`, and `report.md` with its pictures. */
export async function writeReport(folder: string, report: Report): Promise<void> {
  await writeTo(join(folder, 'report.html'), report.html);
  await writeTo(join(folder, 'report.json'), report.json);
  await writeMarkdown(join(folder, 'report.md'), report);
}

/** Markdown with its pictures in a folder beside it. @throws FileError */
export async function writeMarkdown(file: string, { markdown, svgs }: Report): Promise<void> {
  await writeTo(file, markdown);
  const pictures = join(dirname(file), picturesFolder);
  await mkdir(pictures, { recursive: true });
  for (const [name, text] of svgs) await writeTo(join(pictures, name), text);
}
