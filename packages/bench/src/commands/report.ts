import { join } from 'node:path';
import { renderMarkdown } from '@acceptbench/report/markdown';
import { renderTerminal } from '@acceptbench/report/terminal';
import type { Command } from 'commander';
import { exitCodes, UsageError } from '../exitCodes.ts';
import { fromWhereItWasTyped } from '../flags.ts';
import { toStdout, writeTo } from '../output.ts';
import { damageInWords, type RunFolder, readRunFolder } from '../runFolder.ts';

type Renderer = {
  /** Its option is `--<name> [file]`. */
  readonly name: 'markdown';
  /** Written into the run's folder when the option has no file. */
  readonly file: string;
  readonly render: (run: RunFolder) => string;
};

const renderers: readonly Renderer[] = [{ name: 'markdown', file: 'report.md', render: renderMarkdown }];

type Flags = Readonly<Partial<Record<Renderer['name'], string | true>>>;

/** `acceptbench report`: renders a run again from what it stored. */
export function addReportCommand(cli: Command): void {
  const command = cli
    .command('report')
    .description(
      'render a run again from what it stored, of an older version too; on the terminal where no file is asked for',
    )
    .argument('<folder>', 'the folder of a run, such as results/2026-01-31T12-00-00Z-quick');
  for (const { name, file } of renderers) {
    command.option(`--${name} [file]`, `write ${file}: into the run’s folder, or to this file; - is stdout`);
  }
  command
    .addHelpText('after', '\nExit: 0 rendered · 2 wrong option, or what can’t be read or written')
    .action(async (folder: string, flags: Flags) => {
      await report(fromWhereItWasTyped(folder), flags);
      process.exitCode = exitCodes.ok;
    });
}

async function report(folder: string, flags: Flags): Promise<void> {
  const wanted = renderers.flatMap((renderer) => {
    const file = flags[renderer.name];
    if (file === undefined) return [];
    if (file === toStdout) return [{ renderer, target: toStdout }];
    return [{ renderer, target: file === true ? join(folder, renderer.file) : fromWhereItWasTyped(file) }];
  });
  if (wanted.filter(({ target }) => target === toStdout).length > 1) {
    throw new UsageError('only one rendering can go to stdout; give the others a file');
  }
  const run = await readRunFolder(folder);
  for (const sentence of damageInWords(run)) console.error(sentence);
  for (const { renderer, target } of wanted) await writeTo(target, renderer.render(run));
  if (wanted.length > 0) return;
  const color = process.stdout.hasColors?.() ?? false;
  const resultsPath = join(folder, 'report.md');
  await writeTo(toStdout, renderTerminal({ ...run, color, resultsPath }));
}
