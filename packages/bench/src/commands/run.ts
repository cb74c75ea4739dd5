import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { checkIsolation, isolationShortfall } from '@acceptbench/probe/isolation';
import { renderMarkdown } from '@acceptbench/report/markdown';
import { renderTerminal } from '@acceptbench/report/terminal';
import type { Replicate } from '@acceptbench/results/replicate';
import type { Isolation, Placement, Run } from '@acceptbench/results/run';
import { schemaVersion } from '@acceptbench/results/schemaVersion';
import { calibrateWorks } from '../calibrate.ts';
import { readCommit, readEnvironment } from '../environment.ts';
import { CannotRunError, type ExitCode, exitCodes } from '../exitCodes.ts';
import { toCells } from '../experiments/cells.ts';
import { expectedSeconds } from '../experiments/duration.ts';
import type { Experiment, Shape } from '../experiments/experiment.ts';
import { requireK6 } from '../k6.ts';
import { pathWithRuntimes } from '../paths.ts';
import { confinedTo, loadCoresOf } from '../placement.ts';
import { type PlannedReplicate, toPlan } from '../plan.ts';
import { counted, formatSeconds, Progress } from '../progress.ts';
import { runReplicate } from '../runReplicate.ts';
import { readVersion, type Server } from '../servers.ts';
import { RunStore } from '../store.ts';

/** What `acceptbench run` was asked for, checked. */
export interface RunOptions {
  readonly experiment: Experiment;
  readonly form: 'short' | 'full';
  /** The form's cells and design, as the flags changed them. */
  readonly shape: Shape;
  /** The servers it compares, by the name that its cells call `runtime`. */
  readonly servers: ReadonlyMap<string, Server>;
  readonly seed: number;
  readonly isolate: boolean;
  readonly placement: Placement;
  /** TCP port of the servers; 0 lets the kernel choose. */
  readonly port: number;
  /** How long a server may take to listen, in seconds. */
  readonly startSeconds: number;
  /** Folder that the run's own folder is made in. */
  readonly resultsFolder: string;
  /** Program and arguments as they were typed. */
  readonly command: readonly string[];
}

const version = '0.1.0';

/** Runs an experiment and reports it. @throws CannotRunError before anything was started. */
export async function run(options: RunOptions): Promise<ExitCode> {
  const { experiment, shape, servers, placement } = options;
  const say = (line: string) => void process.stdout.write(`${line}\n`);
  const startedAt = new Date();

  const k6 = await requireK6();
  const versions = { ...(await versionsOf(servers)), k6: k6.version };
  const isolation = await isolationOf(options.isolate);
  await requireTaskset(placement);
  const environment = readEnvironment(versions, placement);

  say(`acceptbench ${experiment.name}: ${experiment.question}`);
  say(
    `${Object.entries(versions)
      .map(([name, is]) => `${name} ${is}`)
      .join(', ')} on ${environment.cores} cores`,
  );
  if (isolation.mode === 'none')
    say(`not isolated: ${isolation.reason}; kernel counters are the whole host's`);
  const shortfall = isolation.mode === 'namespace' ? isolationShortfall() : null;
  if (shortfall !== null) say(`isolation: ${shortfall}`);

  const calibrations = calibrateWorks(shape.works, () => performance.now());
  for (const { kind, iterations, medianMs, iqrMs, n } of calibrations) {
    say(
      `${kind}:${iterations} takes ${medianMs.toFixed(2)} ms here (median of ${n} calls, inter-quartile range ${iqrMs.toFixed(2)} ms)`,
    );
  }
  const { design } = shape;
  if (design.kind !== 'blocks')
    throw new CannotRunError(`${experiment.name} is a search, which is not run yet`);
  const { cores, freeCores } = environment;
  const cells = toCells(shape, { calibrations, cores, freeCores });
  const plan = toPlan(cells, design.blocks, options.seed);
  const total = plan.reduce((sum, { cell }) => sum + expectedSeconds(cell), 0);
  const store = await createStore(options, startedAt);
  say(
    `${counted(plan.length, 'replicate')} in ${counted(design.blocks, 'block')}, about ${formatSeconds(total)}, seed ${options.seed}; results in ${store.folder}`,
  );

  const record: Run = {
    schemaVersion,
    id: store.folder.split(/[\\/]/).at(-1) ?? '',
    startedAt: startedAt.toISOString(),
    finishedAt: null,
    resumedAt: [],
    interrupted: false,
    command: [...options.command],
    seed: options.seed,
    commit: await readCommit(),
    acceptbenchVersion: version,
    experiment: {
      name: experiment.name,
      question: experiment.question,
      howToRead: experiment.howToRead,
      form: options.form,
      design,
    },
    cells,
    isolation,
    placement,
    calibrations,
    environment,
  };
  await store.writeRun(record);

  const { replicates, interrupted } = await runPlan(plan, {
    options,
    k6Path: k6.path,
    isolation,
    store,
    freeCores: environment.freeCores,
    loadCores: loadCoresOf(environment.cores, placement),
  });
  const finished: Run = { ...record, finishedAt: new Date().toISOString(), interrupted };
  await store.writeRun(finished);
  await store.writeReport(renderMarkdown({ run: finished, replicates }));
  say('');
  const color = process.stdout.hasColors?.() ?? false;
  say(renderTerminal({ run: finished, replicates, color, resultsPath: join(store.folder, 'report.md') }));
  if (interrupted) return exitCodes.interrupted;
  return isComplete(plan, replicates) ? exitCodes.ok : exitCodes.incomplete;
}

interface PlanContext {
  readonly options: RunOptions;
  readonly k6Path: string;
  readonly isolation: Isolation;
  readonly freeCores: number;
  readonly loadCores: number;
  readonly store: RunStore;
}

/** Runs each replicate in turn and saves it as soon as it ends. A signal ends the one that runs and keeps the others. */
async function runPlan(plan: readonly PlannedReplicate[], context: PlanContext) {
  const { options, k6Path, isolation, freeCores, loadCores, store } = context;
  const abort = new AbortController();
  const onSignal = (signal: NodeJS.Signals) => {
    process.stderr.write(`${signal}: ending the replicate that runs; what is measured is kept\n`);
    abort.abort();
  };
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
  for (const signal of signals) process.on(signal, onSignal);
  const progress = new Progress(plan, process.stdout, () => performance.now());
  const replicates: Replicate[] = [];
  try {
    for (const planned of plan) {
      const server = options.servers.get(planned.cell.runtime);
      if (server === undefined || abort.signal.aborted) break;
      const replicate = await runReplicate(
        {
          ...planned,
          ...server,
          k6Path,
          isolation,
          freeCores,
          loadCores,
          placement: options.placement,
          port: options.port,
          startSeconds: options.startSeconds,
          samplesPath: store.samplesPath(planned),
          summaryPath: store.summaryPath(planned),
          path: pathWithRuntimes(process.env.PATH),
        },
        { signal: abort.signal, onPhase: (phase) => progress.phase(planned, phase) },
      );
      if (replicate === null) break;
      await store.appendReplicate(replicate);
      replicates.push(replicate);
      progress.ended(planned, replicate);
    }
  } finally {
    progress.done();
    for (const signal of signals) process.off(signal, onSignal);
  }
  return { replicates, interrupted: abort.signal.aborted };
}

/** No replicate failed, and each cell has a valid one. */
function isComplete(plan: readonly PlannedReplicate[], replicates: readonly Replicate[]): boolean {
  const valid = new Set(replicates.flatMap(({ outcome, cell }) => (outcome === 'valid' ? [cell.id] : [])));
  return (
    replicates.every(({ outcome }) => outcome !== 'failed') && plan.every(({ cell }) => valid.has(cell.id))
  );
}

async function versionsOf(servers: ReadonlyMap<string, Server>): Promise<Record<string, string>> {
  const versions: Record<string, string> = {};
  for (const [name, server] of servers) {
    try {
      versions[name] = await readVersion(server);
    } catch (cause) {
      const why = cause instanceof Error ? (cause.message.split('\n')[0] ?? '') : String(cause);
      throw new CannotRunError(`can't run ${name}: ${why}; run npm ci first`, { cause });
    }
  }
  return versions;
}

/** @throws CannotRunError where something is to be confined and nothing can do it. */
async function requireTaskset({ server, load }: Placement): Promise<void> {
  const [program, ...args] = confinedTo(server ?? load);
  if (program === undefined) return;
  try {
    await promisify(execFile)(program, [...args, 'true']);
  } catch (cause) {
    const why = cause instanceof Error ? (cause.message.trim().split('\n').at(-1) ?? '') : String(cause);
    throw new CannotRunError(
      `can't confine a process with taskset: ${why}; install util-linux, or leave out --cpus`,
      {
        cause,
      },
    );
  }
}

async function isolationOf(wanted: boolean): Promise<Isolation> {
  return wanted ? await checkIsolation() : { mode: 'none', reason: 'turned off with --no-isolate' };
}

async function createStore(options: RunOptions, startedAt: Date): Promise<RunStore> {
  try {
    return await RunStore.create(options.resultsFolder, options.experiment.name, startedAt);
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new CannotRunError(`can't make a folder for the results in ${options.resultsFolder}: ${why}`, {
      cause,
    });
  }
}
