import type { Cell } from '@acceptbench/results/cell';
import type { Command } from 'commander';
import { calibrateWorks } from '../calibrate.ts';
import { type ExitCode, exitCodes } from '../exitCodes.ts';
import { bothArms, toCells } from '../experiments/cells.ts';
import { nominalCells } from '../experiments/nominal.ts';
import { fromWhereItWasTyped, withoutCredentials } from '../flags.ts';
import { toLiveOptions } from '../live/flags.ts';
import { type LiveOptions, type LiveSession, startLive } from '../live/session.ts';
import { calibrationsInWords, cellsInWords, planInWords } from '../run/announce.ts';
import { createStore } from '../run/createStore.ts';
import { execute } from '../run/execute.ts';
import { finish } from '../run/finish.ts';
import { addRunFlags, type RunFlags, refuseBesideResume, resolveRunFlags } from '../run/flags.ts';
import { lockedIn } from '../run/lock.ts';
import { knownNotOffered } from '../run/offer.ts';
import type { RunOptions } from '../run/options.ts';
import { prepare } from '../run/prepare.ts';
import { toRecord } from '../run/record.ts';
import { type Plan, toSchedule } from '../run/toSchedule.ts';
import { resume } from './resume.ts';

const say = (line: string) => void process.stdout.write(`${line}\n`);

/** Adds `run`, which is what acceptbench does when no command is named. */
export function addRunCommand(cli: Command): void {
  const runCommand = addRunFlags(cli.command('run', { isDefault: true }));
  runCommand.action(async (flags: RunFlags) => {
    if (flags.resume !== undefined) refuseBesideResume(runCommand);
    process.exitCode = await (flags.resume === undefined ? run(flags) : goOn(flags.resume, flags));
  });
}

/** Runs an experiment and reports it. @throws CannotRunError before anything was started. */
async function run(flags: RunFlags): Promise<ExitCode> {
  const command = ['acceptbench', ...process.argv.slice(2).map(withoutCredentials)];
  const options = await resolveRunFlags(flags, command);
  return options.dryRun ? showPlan(options) : watched(options, (live) => runWatched(options, live));
}

function goOn(folder: string, flags: RunFlags): Promise<ExitCode> {
  return watched(toLiveOptions(flags), (live) => resume(fromWhereItWasTyped(folder), live));
}

async function watched(
  { live: options }: { live?: LiveOptions },
  work: (live: LiveSession | undefined) => Promise<ExitCode>,
): Promise<ExitCode> {
  const live = options === undefined ? undefined : await startLive(options, say);
  try {
    return await work(live);
  } finally {
    await live?.end();
  }
}

async function runWatched(options: RunOptions, live: LiveSession | undefined): Promise<ExitCode> {
  const { experiment, shape, taking } = options;
  const startedAt = new Date();
  const prepared = await prepare({ ...options, servers: taking, watched: live !== undefined });
  say(`acceptbench ${experiment.name}: ${experiment.question}`);
  prepared.remarks.forEach(say);

  const calibrations = calibrateWorks(shape.works, () => performance.now(), options.knownWorks);
  calibrationsInWords(calibrations).forEach(say);
  const { cores, freeCores } = prepared.environment;
  const cells = arranged(toCells(shape, { calibrations, cores, freeCores }), options);
  const plan: Plan = { ...options, cells, design: shape.design };
  const schedule = toSchedule(plan, 0);
  planInWords(plan, schedule, knownNotOffered(cells, taking, [])).forEach(say);
  const store = await createStore(options.resultsFolder, experiment.name, startedAt);
  say(`results in ${store.folder}`);
  const record = await toRecord(options, prepared, calibrations, cells, { id: store.id, startedAt });
  const { k6Path } = prepared;
  return lockedIn(store.folder, async () => {
    await store.writeRun(record);
    const running = { record, servers: taking, k6Path, schedule, store, before: [], live };
    return finish(await execute(running), store);
  });
}

/** What would be run, and how long it would take. Rates do not depend on the calibration, so nothing is measured for it. */
function showPlan(options: RunOptions): ExitCode {
  const { experiment, shape, taking } = options;
  const cells = arranged(nominalCells(shape, options.placement), options);
  const plan: Plan = { ...options, cells, design: shape.design };
  say(`acceptbench ${experiment.name}: ${experiment.question}`);
  const absent = knownNotOffered(cells, taking, []);
  planInWords(plan, toSchedule(plan, 0), absent).forEach(say);
  cellsInWords(cells, absent).forEach(say);
  return exitCodes.ok;
}

/** The cells as the options have them. The steps of a search may be overload: that is what it looks for. */
function arranged(cells: readonly Cell[], { aa, shape }: RunOptions): Cell[] {
  const offered = shape.design.kind === 'search' ? cells.map(mayOverload) : [...cells];
  return aa ? bothArms(offered) : offered;
}

function mayOverload(cell: Cell): Cell {
  const { load } = cell;
  return load.kind === 'constant-arrival-rate' ? { ...cell, load: { ...load, mayOverload: true } } : cell;
}
