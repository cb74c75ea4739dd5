import type { Calibration, Link, Placement } from '@acceptbench/results/run';
import { type Command, InvalidArgumentError } from 'commander';
import { UsageError } from '../exitCodes.ts';
import { experiments } from '../experiments/catalogue.ts';
import type { Shape } from '../experiments/experiment.ts';
import { loadExperiment } from '../experiments/load.ts';
import { collect, fromWhereItWasTyped, isOneLine, names, wholeNumber } from '../flags.ts';
import { parseLink } from '../link.ts';
import { addLiveOptions, type LiveFlags, toLiveOptions } from '../live/flags.ts';
import { defaultResultsFolder } from '../paths.ts';
import { allowedCpus, parsePlacement, placementHere } from '../placement.ts';
import { readRunFolder } from '../runFolder.ts';
import type { RunOptions } from './options.ts';
import { takingPart } from './takingPart.ts';

const [first] = experiments;

/** The flags of `acceptbench run`, as they were given. */
export interface RunFlags extends LiveFlags {
  readonly experiment: string;
  readonly runtime?: string[];
  readonly blocks?: number;
  readonly precision?: number;
  readonly budget?: number;
  readonly full: boolean;
  readonly aa: boolean;
  readonly name?: string;
  readonly retries: number;
  readonly seed: number;
  readonly workOf?: string;
  readonly isolate: boolean;
  readonly twoHosts?: Link | true;
  readonly cpus?: Placement;
  readonly port: number;
  readonly results: string;
  readonly server: string[];
  readonly startTimeout: number;
  readonly dryRun: boolean;
  readonly resume?: string;
}

const oneLine = (text: string) => {
  if (isOneLine(text)) return text;
  throw new UsageError('--name: accepted is one line of 1 to 100 characters');
};

const say = (line: string) => void process.stdout.write(`${line}\n`);
/** `3%` as 0.03. */
const percent = (text: string) => {
  const value = /^\d{1,2}(\.\d+)?%$/.test(text) ? Number(text.slice(0, -1)) / 100 : Number.NaN;
  if (value >= 0.001 && value <= 0.5) return value;
  throw new InvalidArgumentError('Accepted is a percentage from 0.1% to 50%.');
};

const unitSeconds: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600 };

/** `90s`, `20m` or `1.5h`, in seconds. */
const duration = (text: string) => {
  const [, number = '', unit = ''] = /^(\d{1,5}(?:\.\d+)?)([smh])$/.exec(text) ?? [];
  const seconds = Number(number) * (unitSeconds[unit] ?? Number.NaN);
  if (seconds >= 1 && seconds <= 7 * 86_400) return seconds;
  throw new InvalidArgumentError('Accepted is a time from 1s to 168h: 90s, 20m, 1.5h.');
};

/** Gives a command the flags of `acceptbench run`. */
export function addRunFlags(command: Command): Command {
  command
    .description('run an experiment and report it')
    .option(
      '-e, --experiment <name>',
      `what to run: ${experiments.map(({ name }) => name).join(', ')}; or the path of one of your own, ./mine.ts or ./mine.json`,
      first.name,
    )
    .option(
      '-r, --runtime <names>',
      'only these servers, comma-separated, each with a version of its runtime or without: node@24,node@26.1.0,bun (default: those of the experiment)',
      names,
    )
    .option(
      '-b, --blocks <n>',
      'how often each cell is run (default: the experiment’s own)',
      wholeNumber(1, 1000),
    )
    .option(
      '--precision <share>',
      'add blocks until each comparison of completed rates and of mean response times is known to ± this, such as 3%',
      percent,
    )
    .option(
      '--budget <time>',
      'with --precision: how long at most, such as 90s, 20m or 2h (default: 20m)',
      duration,
    )
    .option('--full', 'the full form, for figures to pass on (default: the short one)', false)
    .option('--aa', 'every cell under two names, @a and @b: how far apart equal things come out', false)
    .option('--name <text>', 'what to call this run in reports', oneLine)
    .option('--dry-run', 'show the plan and how long it takes, and run nothing', false)
    .option(
      '--retries <n>',
      'how often a replicate that the machine spoilt is run again, at the end of its block',
      wholeNumber(0, 10),
      1,
    )
    .option(
      '-s, --seed <n>',
      'seed of the random order (default: from the clock)',
      wholeNumber(0, 2 ** 31 - 1),
      Date.now() % 2 ** 31,
    )
    .option(
      '--work-of <folder>',
      'do exactly the work of that earlier run, so that the two can be compared (default: what takes the target here)',
    )
    .option('--no-isolate', 'run without a network namespace for each replicate')
    .option(
      '--two-hosts [link]',
      'the load generator in a network namespace of its own, joined to the server’s by a veth pair as two machines are; delay=5ms,loss=0.1% in each direction where the kernel has netem (docs/scale.md)',
      parseLink,
    )
    .option(
      '--cpus <server=…,load=…>',
      'confine the servers and k6 to these CPUs, such as server=0,load=1; none lets the system decide (default: from three cores on, a quarter of them for k6 and the rest for the servers)',
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
    .option(
      '--resume <folder>',
      'go on with a run that ended early, as its own record says; takes no other option but --live and its own',
    );
  return addLiveOptions(command).addHelpText(
    'after',
    '\nExit: 0 done · 1 can’t run here, or can’t save · 2 wrong option · 3 a replicate failed, a cell has no valid one, or the budget did not suffice for --precision · 130 interrupted',
  );
}

/** Refuses what a run that is taken up again has in its own record. @throws UsageError naming the option. */
export function refuseBesideResume(command: Command): void {
  const mayBeGiven = /^(resume|live.*|grafana)$/;
  const given = command.options.find((option) => {
    const name = option.attributeName();
    return !mayBeGiven.test(name) && command.getOptionValueSource(name) === 'cli';
  });
  if (given === undefined) return;
  throw new UsageError(`--resume goes on as the run's own record says; leave out ${given.long}`);
}

/** The options that the flags ask for. @throws UsageError naming what is not known. */
export async function resolveRunFlags(flags: RunFlags, command: readonly string[]): Promise<RunOptions> {
  const found = await loadExperiment(flags.experiment, fromWhereItWasTyped);
  const shape = flags.full ? found.full : found.short;
  if (shape === undefined) throw new UsageError(`${found.name} has no full form; leave out --full`);
  const servers = flags.server.map(fromWhereItWasTyped);
  const taking = await takingPart(flags.runtime ?? shape.runtimes, servers, flags.dryRun ? null : say).catch(
    (error) => {
      if (!(error instanceof UsageError) || flags.runtime !== undefined) throw error;
      const field = `${flags.experiment}: ${flags.full ? 'full' : 'short'}.runtimes`;
      throw new UsageError(`${field}: ${error.message}`, { cause: error });
    },
  );
  return {
    experiment: found,
    form: flags.full ? 'full' : 'short',
    shape: { ...shape, runtimes: [...taking.keys()], design: designOf(shape, flags) },
    taking,
    servers,
    aa: flags.aa,
    name: flags.name ?? null,
    retries: flags.retries,
    seed: flags.seed,
    knownWorks: flags.workOf === undefined ? [] : await worksOf(flags.workOf, shape),
    isolate: flags.isolate,
    ...twoHostsOf(flags),
    placement: flags.cpus ?? placementHere(),
    port: flags.port,
    startSeconds: flags.startTimeout,
    resultsFolder: fromWhereItWasTyped(flags.results),
    ...toLiveOptions(flags),
    dryRun: flags.dryRun,
    command,
  };
}

/** @throws UsageError where there is to be no namespace at all */
function twoHostsOf({ twoHosts, isolate, live }: RunFlags): { link?: Link } {
  if (twoHosts === undefined) return {};
  const against = !isolate ? '--no-isolate' : live !== undefined ? '--live' : null;
  if (against !== null) throw new UsageError(`--two-hosts is made of namespaces; leave out ${against}`);
  return { link: twoHosts === true ? parseLink('') : twoHosts };
}

/** The works as an earlier run calibrated them. @throws UsageError where it has none of what is to be done. */
export async function worksOf(folder: string, { works }: Shape): Promise<readonly Calibration[]> {
  const { run } = await readRunFolder(fromWhereItWasTyped(folder));
  for (const work of works) {
    if (work.kind === 'none') continue;
    const has = run.calibrations.some(
      ({ kind, targetMs }) => kind === work.kind && targetMs === work.targetMs,
    );
    if (has) continue;
    const there = run.calibrations.map(({ kind, targetMs }) => `${kind} of ${targetMs} ms`).join(', ');
    throw new UsageError(
      `--work-of: ${run.id} has no work ${work.kind} of ${work.targetMs} ms; it has ${there || 'none'}`,
    );
  }
  return run.calibrations;
}

function designOf({ design }: Shape, { blocks, precision, budget, experiment }: RunFlags): Shape['design'] {
  if (design.kind === 'search') {
    if (blocks === undefined && precision === undefined) return design;
    const flag = blocks === undefined ? '--precision' : '--blocks';
    throw new UsageError(`${experiment} chooses its steps as it goes; leave out ${flag}`);
  }
  const least = blocks ?? design.blocks;
  if (precision === undefined) {
    if (budget !== undefined) throw new UsageError('--budget says how long --precision may take; give both');
    return { ...design, blocks: least };
  }
  return { ...design, blocks: least, precision: { share: precision, budgetSeconds: budget ?? 20 * 60 } };
}
