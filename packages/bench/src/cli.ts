#!/usr/bin/env node
import { UnreadableResultError } from '@acceptbench/results/read';
import type { Placement } from '@acceptbench/results/run';
import { Command, CommanderError } from 'commander';
import { addCompareCommand } from './commands/compare.ts';
import { doctor } from './commands/doctor.ts';
import { addExportCommand } from './commands/export.ts';
import { addHistoryCommand } from './commands/history.ts';
import { list, listOne } from './commands/list.ts';
import { addProbeCommand } from './commands/probe.ts';
import { addReportCommand } from './commands/report.ts';
import { run } from './commands/run.ts';
import { CannotRunError, exitCodes, FileError, UsageError } from './exitCodes.ts';
import { experiments } from './experiments/catalogue.ts';
import type { Experiment, Shape } from './experiments/experiment.ts';
import { loadExperiment } from './experiments/load.ts';
import { fromWhereItWasTyped, wholeNumber } from './flags.ts';
import { defaultResultsFolder } from './paths.ts';
import { allowedCpus, parsePlacement, unplaced } from './placement.ts';
import { readServers, type Server } from './servers.ts';

const [first] = experiments;

interface RunFlags {
  readonly experiment: string;
  readonly runtime?: string[];
  readonly blocks?: number;
  readonly full: boolean;
  readonly seed: number;
  readonly isolate: boolean;
  readonly cpus?: Placement;
  readonly port: number;
  readonly results: string;
  readonly server: string[];
  readonly startTimeout: number;
}

const collect = (text: string, before: string[]) => [...before, text];
const names = (text: string) => text.split(',').map((name) => name.trim());

function program(): Command {
  const cli = new Command('acceptbench')
    .description('Where do requests wait? Compares Node, Bun and Deno as HTTP servers under load.')
    .exitOverride()
    .showHelpAfterError('(--help shows what is accepted)');
  cli
    .command('run', { isDefault: true })
    .description('run an experiment and report it')
    .option(
      '-e, --experiment <name>',
      `what to run: ${experiments.map(({ name }) => name).join(', ')}; or the path of one of your own, ./mine.ts or ./mine.json`,
      first.name,
    )
    .option(
      '-r, --runtime <names>',
      'only these servers, comma-separated (default: those of the experiment)',
      names,
    )
    .option(
      '-b, --blocks <n>',
      'how often each cell is run (default: the experiment’s own)',
      wholeNumber(1, 1000),
    )
    .option('--full', 'the full form, for figures to pass on (default: the short one)', false)
    .option(
      '-s, --seed <n>',
      'seed of the random order (default: from the clock)',
      wholeNumber(0, 2 ** 31 - 1),
      Date.now() % 2 ** 31,
    )
    .option('--no-isolate', 'run without a network namespace for each replicate')
    .option(
      '--cpus <server=…,load=…>',
      'confine the servers and k6 to these CPUs, such as server=0,load=1 (default: the system decides)',
      (text) => parsePlacement(text, allowedCpus()),
    )
    .option('-p, --port <n>', 'TCP port of the servers; 0 lets the kernel choose', wholeNumber(0, 65_535), 0)
    .option(
      '--server <file>',
      'a server.json of your own, to compare with --runtime <its name>; may be given again',
      collect,
      [],
    )
    .option('--start-timeout <s>', 'seconds a server may take to listen', wholeNumber(1, 600), 20)
    .option('--results <folder>', 'where the run’s folder is made', defaultResultsFolder)
    .addHelpText(
      'after',
      '\nExit: 0 done · 1 can’t run here · 2 wrong option · 3 a replicate failed, or a cell has no valid one · 130 interrupted',
    )
    .action(async (flags: RunFlags) => {
      process.exitCode = await run({
        ...(await chosen(flags)),
        seed: flags.seed,
        isolate: flags.isolate,
        placement: flags.cpus ?? unplaced,
        port: flags.port,
        startSeconds: flags.startTimeout,
        resultsFolder: fromWhereItWasTyped(flags.results),
        command: ['acceptbench', ...process.argv.slice(2)],
      });
    });
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
  return cli;
}

interface Chosen {
  readonly experiment: Experiment;
  readonly form: 'short' | 'full';
  readonly shape: Shape;
  readonly servers: Map<string, Server>;
}

/** The experiment and the servers that the flags ask for. @throws UsageError naming what is not known. */
async function chosen(flags: RunFlags): Promise<Chosen> {
  const { runtime } = flags;
  const found = await loadExperiment(flags.experiment, fromWhereItWasTyped);
  const known = await readServers(flags.server.map(fromWhereItWasTyped));
  const form = flags.full ? 'full' : 'short';
  const shape = flags.full ? found.full : found.short;
  if (shape === undefined) throw new UsageError(`${found.name} has no full form; leave out --full`);
  const runtimes = [...new Set(runtime ?? shape.runtimes)];
  const servers = new Map<string, Server>();
  for (const wanted of runtimes) {
    const server = known.get(wanted);
    if (server === undefined) {
      throw new UsageError(`unknown runtime "${wanted}"; there are ${[...known.keys()].join(', ')}`);
    }
    servers.set(wanted, server);
  }
  return { experiment: found, form, shape: { ...shape, runtimes, design: designOf(shape, flags) }, servers };
}

function designOf({ design }: Shape, { blocks, experiment }: RunFlags): Shape['design'] {
  if (blocks === undefined) return design;
  if (design.kind === 'blocks') return { ...design, blocks };
  throw new UsageError(`${experiment} chooses its steps as it goes; leave out --blocks`);
}

try {
  await program().parseAsync();
} catch (error) {
  if (error instanceof CommanderError) {
    // Commander has printed it. Help and version are no errors.
    process.exitCode = error.exitCode === 0 ? exitCodes.ok : exitCodes.usage;
  } else if (error instanceof UsageError) {
    console.error(`${error.message} (--help shows what is accepted)`);
    process.exitCode = exitCodes.usage;
  } else if (error instanceof UnreadableResultError || error instanceof FileError) {
    console.error(error.message);
    process.exitCode = exitCodes.usage;
  } else if (error instanceof CannotRunError) {
    console.error(error.message);
    process.exitCode = exitCodes.cannot;
  } else {
    throw error;
  }
}
