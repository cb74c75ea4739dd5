#!/usr/bin/env node
import { Command, type Option } from 'commander';
import { UsageError } from './exitCodes.ts';
import { runCommand } from './runCommand.ts';
import { acceptbenchVersion } from './version.ts';

type AddCommand = (cli: Command) => void;

/** Each command by its name, in the order of the help. Read when it is needed: what all of them import takes half a second. */
const commands: Readonly<Record<string, () => Promise<AddCommand>>> = {
  run: async () => (await import('./commands/run.ts')).addRunCommand,
  list: async () => (await import('./commands/list.ts')).addListCommand,
  doctor: async () => (await import('./commands/doctor.ts')).addDoctorCommand,
  report: async () => (await import('./commands/report.ts')).addReportCommand,
  compare: async () => (await import('./commands/compare.ts')).addCompareCommand,
  history: async () => (await import('./commands/history.ts')).addHistoryCommand,
  export: async () => (await import('./commands/export.ts')).addExportCommand,
  probe: async () => (await import('./commands/probe.ts')).addProbeCommand,
  backfill: async () => (await import('./commands/backfill.ts')).addBackfillCommand,
  cluster: async () => (await import('./commands/cluster.ts')).addClusterCommand,
};

/** @throws UsageError for a command that there is not. */
async function program(asked: string | undefined): Promise<Command> {
  const cli = new Command('acceptbench')
    .description('Where do requests wait? Compares Node, Bun and Deno as HTTP servers under load.')
    .version(acceptbenchVersion)
    .exitOverride()
    .configureHelp({ optionDescription })
    .showHelpAfterError('(--help shows what is accepted)');
  const named = asked !== undefined && Object.hasOwn(commands, asked) ? commands[asked] : undefined;
  if (asked !== undefined && named === undefined && !asked.startsWith('-') && asked !== 'help') {
    throw new UsageError(`unknown command "${asked}"; there are ${Object.keys(commands).join(', ')}`);
  }
  for (const load of named === undefined ? Object.values(commands) : [named]) (await load())(cli);
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

await runCommand(() => program(process.argv[2]));
