import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { NotOfferedReplicate, Replicate } from '@acceptbench/results/replicate';
import type { Run } from '@acceptbench/results/run';
import { schemaVersion } from '@acceptbench/results/schemaVersion';
import { type Command, InvalidArgumentError } from 'commander';
import { type ExitCode, FileError } from '../exitCodes.ts';
import { fromWhereItWasTyped, withoutCredentials } from '../flags.ts';
import { httpUrl } from '../live/flags.ts';
import { defaultResultsFolder } from '../paths.ts';
import { unplaced } from '../placement.ts';
import { createStore } from '../run/createStore.ts';
import { finish } from '../run/finish.ts';
import { type RunStore, StorageError } from '../store.ts';
import { type CollectedReplicate, collectReplicate } from './collectReplicate.ts';
import { ClusterPlan, planFile } from './plan.ts';
import { queryPrometheus } from './query.ts';

interface CollectFlags {
  readonly prometheus: string;
  readonly since: number;
  readonly results: string;
}

const unitSeconds: Readonly<Record<string, number>> = { m: 60, h: 3600, d: 86_400 };

/** `90m`, `12h` or `30d`, in seconds. */
function aPast(text: string): number {
  const [, number = '', unit = ''] = /^(\d{1,4})([mhd])$/.exec(text) ?? [];
  const seconds = Number(number) * (unitSeconds[unit] ?? Number.NaN);
  if (seconds >= 60 && seconds <= 3650 * 86_400) return seconds;
  throw new InvalidArgumentError('Accepted is a time from 1m to 3650d: 90m, 12h, 30d.');
}

/** `acceptbench cluster collect`: a rendered experiment's results, from the Prometheus that its runners pushed to. */
export function addCollectCommand(cluster: Command): void {
  cluster
    .command('collect')
    .description('make a results folder of what Prometheus has of a rendered experiment, as a run leaves one')
    .argument('<folder>', 'the folder that cluster render wrote')
    .requiredOption(
      '--prometheus <url>',
      'where it is from here, such as http://127.0.0.1:9090; http://user:password@… where it asks who reads',
      httpUrl,
    )
    .option('--since <time>', 'how far back the run may lie, such as 12h or 30d', aPast, aPast('30d'))
    .option('--results <folder>', 'where the run’s folder is made', defaultResultsFolder)
    .addHelpText(
      'after',
      '\nPercentiles are read off the merged histogram of all runners. A replicate that is not whole is failed or invalid, with the reason.\nExit: 0 collected · 1 the results can’t be saved · 2 wrong option, no plan in the folder, or Prometheus can’t be read · 3 a replicate failed, or a cell has no valid one',
    )
    .action(async (folder: string, flags: CollectFlags) => {
      process.exitCode = await collect(fromWhereItWasTyped(folder), flags);
    });
}

async function collect(folder: string, { prometheus: url, since, results }: CollectFlags): Promise<ExitCode> {
  const plan = await readPlan(folder);
  const nowMs = Date.now();
  const options = { plan, prometheus: queryPrometheus(url), nowMs, sinceSeconds: since };
  const collected: CollectedReplicate[] = [];
  // One after the other: it is somebody's Prometheus.
  for (const planned of plan.replicates) collected.push(await collectReplicate(planned, options));
  const measured = collected.map(({ replicate }) => replicate);
  const replicates = [...measured, ...notOffered(plan, nowMs)];
  const record = toRun(plan, measured, nowMs);
  const startedAt = new Date(record.startedAt);
  const store = await createStore(fromWhereItWasTyped(results), plan.experiment.name, startedAt);
  await store.writeRun(record);
  for (const each of collected) await saveSamples(store, each);
  for (const replicate of replicates) await store.appendReplicate(replicate);
  process.stdout.write(`${plan.id} from ${withoutCredentials(url)}; results in ${store.folder}\n`);
  for (const replicate of measured) {
    if (replicate.outcome === 'failed') {
      process.stderr.write(`block ${replicate.block} of ${replicate.cell.id}: ${replicate.error}\n`);
    }
  }
  return finish({ record, replicates, ending: 'done' }, store);
}

/** @throws StorageError */
async function saveSamples(store: RunStore, { replicate, samples }: CollectedReplicate): Promise<void> {
  if (samples.length === 0) return;
  const lines = samples.map((sample) => `${JSON.stringify(sample)}\n`);
  try {
    await writeFile(store.samplesPath(replicate), lines.join(''));
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new StorageError(`can't save results in ${store.folder}: ${why}`, { cause });
  }
}

/** @throws FileError where there is none, or it is none of this version's, in one line */
async function readPlan(folder: string): Promise<ClusterPlan> {
  const file = join(folder, planFile);
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new FileError(`can't read ${file}: ${why}; give the folder that acceptbench cluster render wrote`, {
      cause,
    });
  }
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw new FileError(`can't read ${file}: it is not JSON`, { cause });
  }
  const plan = ClusterPlan.safeParse(value);
  if (!plan.success) {
    const [issue] = plan.error.issues;
    throw new FileError(
      `can't read ${file}: ${issue?.path.join('.') || 'it'}: ${issue?.message ?? 'not accepted'}`,
      { cause: plan.error },
    );
  }
  const stray = plan.data.replicates.find(({ cell }) => plan.data.cells.every(({ id }) => id !== cell));
  if (stray !== undefined) throw new FileError(`can't read ${file}: it has no cell ${stray.cell}`);
  return plan.data;
}

function notOffered(plan: ClusterPlan, nowMs: number): NotOfferedReplicate[] {
  const last = plan.replicates.length;
  return plan.notOffered.map(({ cell, reason }, index) => ({
    schemaVersion,
    cell,
    block: 1,
    order: last + index + 1,
    attempt: 1,
    startedAt: new Date(nowMs).toISOString(),
    wallSeconds: 0,
    outcome: 'not-offered',
    reason,
  }));
}

/** `run.json` as a run would leave it; what nobody on a cluster has told is null, or said to be not known. */
function toRun(plan: ClusterPlan, replicates: readonly Replicate[], nowMs: number): Run {
  const { cluster, cells, notOffered: _, replicates: __, ...shared } = plan;
  const times = replicates
    .filter(({ outcome }) => outcome !== 'failed')
    .map(({ startedAt, wallSeconds }) => ({
      from: Date.parse(startedAt),
      to: Date.parse(startedAt) + wallSeconds * 1000,
    }));
  const isWhole = replicates.every(({ outcome }) => outcome !== 'failed');
  const iso = (ms: number) => new Date(ms).toISOString();
  return {
    ...shared,
    startedAt: iso(times.length === 0 ? nowMs : Math.min(...times.map(({ from }) => from))),
    finishedAt: isWhole ? iso(Math.max(...times.map(({ to }) => to))) : null,
    resumedAt: [],
    interrupted: false,
    cells: [...cells, ...plan.notOffered.map(({ cell }) => cell)],
    isolation: {
      mode: 'none',
      reason:
        'on a cluster: a pod has a network namespace of its own, in which Prometheus’ connections are counted too',
    },
    placement: unplaced,
    environment: {
      os: 'Kubernetes',
      kernel: 'unknown',
      arch: 'unknown',
      cpuModel: 'unknown CPU',
      cores: cluster.serverCpus,
      freeCores: cluster.serverCpus,
      memoryBytes: null,
      sysctls: {},
      openFiles: null,
      versions: cluster.versions,
    },
  };
}
