import type { Replicate } from '@acceptbench/results/replicate';
import type { Run } from '@acceptbench/results/run';
import type { LiveSession } from '../live/session.ts';
import { pathWithRuntimes } from '../paths.ts';
import { loadCoresOf } from '../placement.ts';
import type { PlannedReplicate } from '../plan.ts';
import { Progress } from '../progress.ts';
import { runReplicate } from '../runReplicate.ts';
import type { Server } from '../servers.ts';
import { type RunStore, StorageError } from '../store.ts';
import { knownNotOffered } from './offer.ts';
import type { Schedule } from './schedule.ts';

/** All that a run is made of while it runs. */
export interface Running {
  readonly record: Run;
  readonly servers: ReadonlyMap<string, Server>;
  readonly k6Path: string;
  readonly schedule: Schedule;
  readonly store: RunStore;
  /** What earlier sessions of a run that is taken up again have measured. */
  readonly before: readonly Replicate[];
  /** Who watches; absent: nobody. */
  readonly live?: LiveSession | undefined;
}

export interface Executed {
  readonly record: Run;
  readonly replicates: readonly Replicate[];
  /** `done`: nothing was left to run. */
  readonly ending: 'done' | 'interrupted' | StorageError;
}

const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** Runs what the schedule says, one after the other, each saved as soon as it ends. A signal ends the one that runs and keeps the others. */
export async function execute(running: Running): Promise<Executed> {
  const { schedule, store, live } = running;
  const abort = new AbortController();
  const onSignal = (signal: NodeJS.Signals) => {
    process.stderr.write(`${signal}: ending the replicate that runs; what is measured is kept\n`);
    abort.abort();
  };
  for (const signal of signals) process.on(signal, onSignal);
  const replicates = [...running.before];
  let { record } = running;
  let progress: Progress | undefined;
  try {
    for (const replicate of knownNotOffered(record.cells, running.servers, replicates)) {
      await store.appendReplicate(replicate);
      replicates.push(replicate);
    }
    live?.begin(record.id, record.experiment.name);
    await live?.untilRead();
    progress = new Progress({ cells: record.cells, schedule }, replicates, process.stdout);
    for (;;) {
      const step = schedule.next(replicates);
      if (step === null) return { record, replicates, ending: 'done' };
      if (abort.signal.aborted) return { record, replicates, ending: 'interrupted' };
      const planned = { ...step, order: (replicates.at(-1)?.order ?? 0) + 1 };
      if (!record.cells.some(({ id }) => id === planned.cell.id)) {
        record = { ...record, cells: [...record.cells, planned.cell] };
        await store.writeRun(record);
      }
      const replicate = await runPlanned(planned, running, abort.signal, progress);
      if (replicate === null) return { record, replicates, ending: 'interrupted' };
      await store.appendReplicate(replicate);
      replicates.push(replicate);
      progress.ended(planned, replicate, replicates);
    }
  } catch (error) {
    if (error instanceof StorageError) return { record, replicates, ending: error };
    throw error;
  } finally {
    progress?.done();
    for (const signal of signals) process.off(signal, onSignal);
  }
}

/** @returns null when the signal ended it. @throws StorageError when it could not be saved. */
async function runPlanned(
  planned: PlannedReplicate,
  { record, servers, k6Path, store, live }: Running,
  signal: AbortSignal,
  progress: Progress,
): Promise<Replicate | null> {
  const { runtime } = planned.cell;
  const server = servers.get(runtime);
  if (server === undefined) throw new Error(`no server is called ${runtime}`);
  await store.prepare();
  const { isolation, placement, environment, settings } = record;
  const replicate = await runReplicate(
    {
      ...planned,
      ...server,
      k6Path,
      isolation,
      loadCores: loadCoresOf(environment.cores, placement),
      placement,
      port: settings?.port ?? 0,
      startSeconds: settings?.startSeconds ?? 20,
      samplesPath: store.samplesPath(planned),
      summaryPath: store.summaryPath(planned),
      path: pathWithRuntimes(process.env.PATH, server.binFolder),
      ...(live === undefined ? {} : { live: live.specFor(planned) }),
    },
    {
      signal,
      onPhase: (phase) => progress.phase(planned, phase),
      ...(live === undefined ? {} : { onMetrics: live.onMetrics, onEnd: live.onEnd }),
    },
  );
  // What failed for want of a disk says nothing of its server: it is run again when there is one.
  if (replicate?.outcome === 'failed') await store.prepare();
  return replicate;
}
