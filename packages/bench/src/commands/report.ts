import { join } from 'node:path';
import type { Command } from 'commander';
import { exitCodes, UsageError } from '../exitCodes.ts';
import { fromWhereItWasTyped } from '../flags.ts';
import { addTo, toStdout, writeTo } from '../output.ts';
import { damageInWords, readRunFolder } from '../runFolder.ts';
import { toReport, writeMarkdown } from '../writeReport.ts';

const forms = ['html', 'markdown', 'json'] as const;
type Form = (typeof forms)[number];

/** Written into the run's folder when the option has no file. */
const fileNames: Readonly<Record<Form, string>> = {
  html: 'report.html',
  markdown: 'report.md',
  json: 'report.json',
};

type Flags = Readonly<Partial<Record<Form | 'summary', string | true>>>;

/** `acceptbench report`: renders a run again from what it stored. */
export function addReportCommand(cli: Command): void {
  const command = cli
    .command('report')
    .description(
      'render a run again from what it stored, of an older version too; on the terminal where no file is asked for',
    )
    .argument('<folder>', 'the folder of a run, such as results/2026-01-31T12-00-00Z-quick');
  for (const form of forms) {
    command.option(
      `--${form} [file]`,
      `write ${fileNames[form]}: into the run’s folder, or to this file; - is stdout`,
    );
  }
  command
    .option(
      '--summary [file]',
      'add the Markdown, without its pictures, to GITHUB_STEP_SUMMARY: a job’s summary; or to this file',
    )
    .addHelpText('after', '\nExit: 0 rendered · 2 wrong option, or what can’t be read or written')
    .action(async (folder: string, flags: Flags) => {
      await report(fromWhereItWasTyped(folder), flags);
      process.exitCode = exitCodes.ok;
    });
}

async function report(folder: string, flags: Flags): Promise<void> {
  const wanted = forms.flatMap((form) => {
    const file = flags[form];
    if (file === undefined) return [];
    if (file === toStdout) return [{ form, target: toStdout }];
    return [{ form, target: file === true ? join(folder, fileNames[form]) : fromWhereItWasTyped(file) }];
  });
  if (wanted.filter(({ target }) => target === toStdout).length > 1) {
    throw new UsageError('only one rendering can go to stdout; give the others a file');
  }
  const summary = summaryFile(flags);
  const run = await readRunFolder(folder);
  const problems = damageInWords(run);
  for (const sentence of problems) console.error(sentence);
  const color = process.stdout.hasColors?.() ?? false;
  const rendered = await toReport({ ...run, problems }, color);
  for (const { form, target } of wanted) {
    if (form === 'markdown' && target !== toStdout) await writeMarkdown(target, rendered);
    else await writeTo(target, rendered[form]);
  }
  if (summary !== null) await addTo(summary, rendered.summary);
  if (wanted.length === 0 && summary === null) await writeTo(toStdout, rendered.terminal);
}

/** The file of a job's summary; null when none is asked for. @throws UsageError outside of a job. */
function summaryFile({ summary }: Flags): string | null {
  if (summary === undefined) return null;
  if (summary !== true) return fromWhereItWasTyped(summary);
  const file = process.env.GITHUB_STEP_SUMMARY;
  if (file !== undefined && file !== '') return file;
  throw new UsageError(
    '--summary: GITHUB_STEP_SUMMARY is not set, so this is no job of GitHub’s; give a file',
  );
}
