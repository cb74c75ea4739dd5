import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { metricKeys, metrics, type RunMetric } from '@acceptbench/report/compare/metrics';
import { type CellHistory, type PastRun, toHistory } from '@acceptbench/report/history/history';
import { renderHistoryHtml } from '@acceptbench/report/history/html';
import { renderHistoryJson } from '@acceptbench/report/history/json';
import { renderHistoryTerminal } from '@acceptbench/report/history/terminal';
import { UnreadableResultError } from '@acceptbench/results/read';
import { type Command, Option } from 'commander';
import { asked } from '../cellPattern.ts';
import { exitCodes, FileError, UsageError } from '../exitCodes.ts';
import { aMetric, collect, fromWhereItWasTyped, wholeNumber } from '../flags.ts';
import { toStdout, writeTo } from '../output.ts';
import { defaultResultsFolder } from '../paths.ts';
import { damageInWords, readRunFolder } from '../runFolder.ts';
import { sha256 } from '../sha256.ts';

const formats = ['terminal', 'html', 'json'] as const;

interface Flags {
  readonly metric: RunMetric;
  readonly cell: readonly string[];
  readonly experiment?: string;
  readonly last: number;
  readonly format: (typeof formats)[number];
  readonly output: string;
}

/** `acceptbench history`: a figure of every cell over the runs of a results folder. */
export function addHistoryCommand(cli: Command): void {
  cli
    .command('history')
    .description('show a figure over the runs of a results folder, as a table and a chart')
    .argument('[results]', 'the folder that holds the runs’ folders', defaultResultsFolder)
    .addOption(
      new Option('--metric <name>', `the figure: ${metricKeys.join(', ')}`)
        .argParser(aMetric)
        .default(first, first.key),
    )
    .option('--cell <id>', 'only this cell; * stands for anything; may be given again', collect, [])
    .option('--experiment <name>', 'only runs of this experiment')
    .option('--last <n>', 'only the newest so many runs', wholeNumber(1, 10_000), 50)
    .addOption(new Option('--format <name>', 'how it is written').choices(formats).default('terminal'))
    .option('-o, --output <file>', 'where it is written; - is stdout', toStdout)
    .addHelpText('after', '\nExit: 0 shown · 2 wrong option, or what can’t be read or written')
    .action(async (results: string, flags: Flags) => {
      await history(fromWhereItWasTyped(results), flags);
      process.exitCode = exitCodes.ok;
    });
}

const [first] = metrics;

async function history(results: string, flags: Flags): Promise<void> {
  const { experiment } = flags;
  const all = await readRuns(results);
  const runs = all.filter(({ run }) => experiment === undefined || run.experiment.name === experiment);
  if (runs.length === 0) {
    const names = [...new Set(all.map(({ run }) => run.experiment.name))];
    throw new UsageError(
      names.length === 0
        ? `${results}: no run is in it`
        : `no run of "${experiment}" is in it; there are runs of ${names.join(', ')}`,
    );
  }
  const newest = runs.toSorted((a, b) => a.run.startedAt.localeCompare(b.run.startedAt)).slice(-flags.last);
  const everyCell = toHistory(newest, flags.metric);
  const isAsked = asked(flags.cell.length === 0 ? ['*'] : flags.cell);
  const histories = everyCell.filter(({ cellId }) => isAsked(cellId));
  if (histories.length === 0) {
    throw new UsageError(
      everyCell.length === 0
        ? `no cell has the figure ${flags.metric.key}`
        : `no cell is ${flags.cell.join(' or ')}; there are ${everyCell.map(({ cellId }) => cellId).join(', ')}`,
    );
  }
  const target = flags.output === toStdout ? toStdout : fromWhereItWasTyped(flags.output);
  await writeTo(target, render(histories, flags, target));
}

function render(histories: readonly CellHistory[], { format, metric }: Flags, target: string): string {
  if (format === 'json') return renderHistoryJson(histories, metric);
  if (format === 'html') return renderHistoryHtml(histories, metric, sha256);
  const color = target === toStdout && (process.stdout.hasColors?.() ?? false);
  return renderHistoryTerminal(histories, metric, { color });
}

/** Every run that can be read; what can't is told, and is no reason not to show the others. @throws FileError */
async function readRuns(results: string): Promise<PastRun[]> {
  const names = await readdir(results).catch((cause: unknown) => {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new FileError(`can't read ${results}: ${why}`, { cause });
  });
  const runs: PastRun[] = [];
  for (const name of names.sort()) {
    try {
      const folder = await readRunFolder(join(results, name));
      for (const sentence of damageInWords(folder)) console.error(`${name}: ${sentence}`);
      runs.push(folder);
    } catch (error) {
      if (!(error instanceof UnreadableResultError)) throw error;
      console.error(`left out: ${error.message}`);
    }
  }
  return runs;
}
