import { renderBencher } from '@acceptbench/report/exports/bencher';
import { renderCsv } from '@acceptbench/report/exports/csv';
import { cellsWithoutFigures } from '@acceptbench/report/exports/figures';
import { renderGithubActionBenchmark } from '@acceptbench/report/exports/githubActionBenchmark';
import type { Command } from 'commander';
import { type ExitCode, exitCodes, UsageError } from '../exitCodes.ts';
import { fromWhereItWasTyped } from '../flags.ts';
import { renderOpenMetrics } from '../live/pastRun.ts';
import { toStdout, writeTo } from '../output.ts';
import { damageInWords, inWords, type RunFolder, readRunFolder } from '../runFolder.ts';

type Exporter = {
  /** Its option is `--<name> [file]`. */
  readonly name: string;
  readonly says: string;
  readonly render: (run: RunFolder) => string | AsyncIterable<string>;
  /** True where only cells with a valid replicate can be told. */
  readonly needsFigures: boolean;
};

const exporters: readonly Exporter[] = [
  {
    name: 'csv',
    says: 'every replicate, a line each',
    render: ({ run, replicates }) => renderCsv(run, replicates),
    needsFigures: false,
  },
  {
    name: 'github-action-benchmark-bigger',
    says: 'JSON for github-action-benchmark with tool: customBiggerIsBetter (rates)',
    render: ({ run, replicates }) => renderGithubActionBenchmark(run, replicates, 'customBiggerIsBetter'),
    needsFigures: true,
  },
  {
    name: 'github-action-benchmark-smaller',
    says: 'the same with tool: customSmallerIsBetter (times)',
    render: ({ run, replicates }) => renderGithubActionBenchmark(run, replicates, 'customSmallerIsBetter'),
    needsFigures: true,
  },
  {
    name: 'bencher',
    says: 'Bencher Metric Format, for bencher run --adapter json',
    render: ({ replicates }) => renderBencher(replicates),
    needsFigures: true,
  },
  {
    name: 'openmetrics',
    says: 'its samples over time, for promtool tsdb create-blocks-from (acceptbench backfill does both)',
    render: (run) => renderOpenMetrics(run, (damage) => console.error(inWords(damage))),
    needsFigures: false,
  },
];

/** `acceptbench export`: a run's figures for other tools. */
export function addExportCommand(cli: Command): void {
  const command = cli
    .command('export')
    .description('write a run’s figures for other tools; to stdout where no file, or -, is given')
    .argument('<folder>', 'the folder of a run, such as results/2026-01-31T12-00-00Z-quick');
  for (const { name, says } of exporters) command.option(`--${name} [file]`, says);
  command
    .addHelpText(
      'after',
      '\nExit: 0 written · 2 wrong option, or what can’t be read or written · 3 no cell has a valid replicate, so nothing to follow',
    )
    .action(async (folder: string, _flags: object, { opts }: Command) => {
      process.exitCode = await exportRun(fromWhereItWasTyped(folder), opts.call(command));
    });
}

async function exportRun(folder: string, flags: Readonly<Record<string, string | true>>): Promise<ExitCode> {
  const wanted = exporters.flatMap((exporter) => {
    const file = flags[camelCase(exporter.name)];
    if (file === undefined) return [];
    return [{ exporter, target: file === true || file === toStdout ? toStdout : fromWhereItWasTyped(file) }];
  });
  if (wanted.length === 0) {
    throw new UsageError(`export to what? There are ${exporters.map(({ name }) => `--${name}`).join(', ')}`);
  }
  if (wanted.filter(({ target }) => target === toStdout).length > 1) {
    throw new UsageError('only one export can go to stdout; give the others a file');
  }
  const run = await readRunFolder(folder);
  for (const sentence of damageInWords(run)) console.error(sentence);
  const unseen = cellsWithoutFigures(run.replicates);
  const figures = wanted.some(({ exporter }) => exporter.needsFigures);
  if (figures && unseen.length > 0) {
    console.error(`left out, without a valid replicate: ${unseen.join(', ')}`);
  }
  for (const { exporter, target } of wanted) await writeTo(target, exporter.render(run));
  const none = new Set(run.replicates.map(({ cell }) => cell.id)).size === unseen.length;
  return figures && none ? exitCodes.incomplete : exitCodes.ok;
}

/** As commander names an option's value. */
function camelCase(name: string): string {
  return name.replaceAll(/-(.)/g, (_, letter: string) => letter.toUpperCase());
}
