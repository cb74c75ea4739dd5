import { mkdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { picturesFolder, type Report, renderReport } from '@acceptbench/report/report';
import { chooseSeries, type ReplicateSeries, SeriesBuilder } from '@acceptbench/report/series';
import type { Replicate } from '@acceptbench/results/replicate';
import type { Run } from '@acceptbench/results/run';
import { writeTo } from './output.ts';
import { type Damage, readSamples } from './runFolder.ts';
import { sha256 } from './sha256.ts';

export type StoredRun = {
  readonly folder: string;
  readonly run: Run;
  readonly replicates: readonly Replicate[];
  /** What of the run could not be read, a sentence each. */
  readonly problems: readonly string[];
};

/** A run's report in all its forms; of the samples it reads those that are shown. `color` is the terminal's. */
export async function toReport(stored: StoredRun, color: boolean): Promise<Report> {
  const { folder, run, replicates } = stored;
  const damage: Damage[] = [];
  const series: ReplicateSeries[] = [];
  for (const replicate of chooseSeries(run, replicates)) {
    const builder = new SeriesBuilder(replicate);
    for await (const sample of readSamples(folder, replicate, (each) => damage.push(each)))
      builder.add(sample);
    series.push(builder.finish());
  }
  return renderReport(
    { run, replicates, series, problems: [...stored.problems, ...unreadInWords(damage)] },
    {
      sha256,
      terminal: { color, resultsPath: join(folder, 'report.html') },
    },
  );
}

/** What of the samples could not be read, a sentence for each file. */
function unreadInWords(damage: readonly Damage[]): string[] {
  return [...Map.groupBy(damage, ({ file }) => file)].map(([file, each]) => {
    const [first] = each;
    const lines =
      first?.line === null ? '' : `, ${each.length} of its lines, the first of them line ${first?.line}`;
    return `${file}${lines}: ${first?.why ?? 'not readable'}.`;
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
