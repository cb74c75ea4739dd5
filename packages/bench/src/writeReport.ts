import { createHash } from 'node:crypto';
import { mkdir, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { picturesFolder, type Report, renderReport } from '@acceptbench/report/report';
import type { Replicate } from '@acceptbench/results/replicate';
import type { Run } from '@acceptbench/results/run';

export interface Results {
  readonly run: Run;
  readonly replicates: readonly Replicate[];
  /** What of the run could not be read, a sentence each. */
  readonly problems?: readonly string[];
}

/** Renders a run and writes it into its folder: `report.html`, `report.md` with its pictures, `report.json`. */
export async function writeReport(
  folder: string,
  results: Results,
  terminal: { readonly color: boolean; readonly width?: number },
): Promise<Report> {
  const report = renderReport(results, {
    sha256: (text) => createHash('sha256').update(text).digest('base64'),
    terminal: { ...terminal, resultsPath: join(folder, 'report.html') },
  });
  await mkdir(join(folder, picturesFolder), { recursive: true });
  const files = [
    ['report.html', report.html],
    ['report.md', report.markdown],
    ['report.json', report.json],
    ...[...report.svgs].map(([name, text]) => [join(picturesFolder, name), text] as const),
  ] as const;
  for (const [name, text] of files) await replaceFile(join(folder, name), text);
  return report;
}

/** Writes a file so that a reader sees the old one or the new one, never half. */
async function replaceFile(file: string, text: string): Promise<void> {
  await writeFile(`${file}.part`, text);
  await rename(`${file}.part`, file);
}
