#!/usr/bin/env node
import { Command, type Option } from 'commander';
import { addBackfillCommand } from './commands/backfill.ts';
import { addClusterCommand } from './commands/cluster.ts';
import { addCompareCommand } from './commands/compare.ts';
import { doctor } from './commands/doctor.ts';
import { addExportCommand } from './commands/export.ts';
import { addHistoryCommand } from './commands/history.ts';
import { list, listOne } from './commands/list.ts';
import { addProbeCommand } from './commands/probe.ts';
import { addReportCommand } from './commands/report.ts';
import { addRunCommand } from './commands/run.ts';
import { loadExperiment } from './experiments/load.ts';
import { fromWhereItWasTyped } from './flags.ts';
import { runCommand } from './runCommand.ts';

function program(): Command {
  const cli = new Command('acceptbench')
    .description('Where do requests wait? Compares Node, Bun and Deno as HTTP servers under load.')
    .exitOverride()
    .configureHelp({ optionDescription })
    .showHelpAfterError('(--help shows what is accepted)');
  addRunCommand(cli);
  cli
    .command('list [experiment]')
    .description('show the experiments, or one in full: how to read it, its cells and rates')
    .option('--full', 'the cells of its full form (default: of the short one)', false)
    .action(async (name: string | undefined, { full }: { full: boolean }) => {
      if (name === undefined) list();
      else listOne(await loadExperiment(name, fromWhereItWasTyped), full ? 'full' : 'short');
    });
  cli
    .command('doctor')
    .description('say what this machine offers and lacks; exit 1 where a run could not work')
    .action(async () => {
      process.exitCode = await doctor();
    });
  addReportCommand(cli);
  addCompareCommand(cli);
  addHistoryCommand(cli);
  addExportCommand(cli);
  addProbeCommand(cli);
  addBackfillCommand(cli);
  addClusterCommand(cli);
  return cli;
}

/** What an option is for, and its default where that is a text or a number and is not said already. */
function optionDescription({ description, argChoices, defaultValue }: Option): string {
  const isSaid = description.includes('(default');
  const isPlain = typeof defaultValue === 'string' || typeof defaultValue === 'number';
  const more = [
    ...(argChoices === undefined ? [] : [`choices: ${argChoices.join(', ')}`]),
    ...(isPlain && !isSaid ? [`default: ${defaultValue}`] : []),
  ];
  return more.length === 0 ? description : `${description} (${more.join('; ')})`;
}

await runCommand(program());
