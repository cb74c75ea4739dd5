import { scalars, serverInfo } from '@acceptbench/metrics/catalogue';
import { probeMetrics } from '@acceptbench/metrics/probeCatalogue';
import { runJob } from '@acceptbench/metrics/runCatalogue';
import { toCollected } from '@acceptbench/report/collected';
import { checkGates } from '@acceptbench/report/gates';
import { mergeLoads, togetherMs } from '@acceptbench/report/mergeLoads';
import type { ArrivalLoad, Cell } from '@acceptbench/results/cell';
import type { TracedLoad } from '@acceptbench/results/load';
import type { Replicate, ServerFacts } from '@acceptbench/results/replicate';
import type { Sample } from '@acceptbench/results/sample';
import { schemaVersion } from '@acceptbench/results/schemaVersion';
import type { ClusterPlan } from './plan.ts';
import {
  type HistogramSeries,
  type InstantSeries,
  matching,
  type Querying,
  type StoredSeries,
} from './query.ts';
import { readingMetrics, toReadings } from './readings.ts';
import {
  NotCollectedError,
  runnerHistograms,
  runnerLabel,
  runnerNumbers,
  toRunnerLoads,
  windowStart,
} from './runnerLoads.ts';

type Planned = ClusterPlan['replicates'][number];

export interface CollectOptions {
  readonly plan: ClusterPlan;
  readonly prometheus: Querying;
  /** Now, Unix ms, and how far back the run may lie. */
  readonly nowMs: number;
  readonly sinceSeconds: number;
}

/** A replicate, and what Prometheus read of its server and probe meanwhile. */
export interface CollectedReplicate {
  readonly replicate: Replicate;
  readonly samples: readonly Sample[];
}

/** A request may take this long after the window, and as much again until the server is read; before it there is the warm-up. */
const beforeSeconds = 30;
const afterSeconds = 120;

/**
 * One replicate as Prometheus has it. What is not there, or contradicts itself, makes it a failed one that says why; what was
 * measured and does not count an invalid one.
 *
 * @throws FileError when Prometheus can't be asked
 */
export async function collectReplicate(
  planned: Planned,
  options: CollectOptions,
): Promise<CollectedReplicate> {
  const { plan } = options;
  const cell = plan.cells.find(({ id }) => id === planned.cell);
  if (cell === undefined) throw new Error(`the plan has no cell ${planned.cell}`);
  const { block, order, attempt } = planned;
  const common = { schemaVersion, cell, block, order, attempt };
  try {
    const load = await loadOf(planned, cell, options);
    return await withReadings(common, planned, load, options);
  } catch (error) {
    // mergeLoads says so what can't be merged.
    if (!(error instanceof NotCollectedError || error instanceof RangeError)) throw error;
    const failed: Replicate = {
      ...common,
      startedAt: new Date(options.nowMs).toISOString(),
      wallSeconds: 0,
      outcome: 'failed',
      phase: 'collect',
      error: error.message,
      serverTail: [],
    };
    return { replicate: failed, samples: [] };
  }
}

function selectorOf(
  { cell, block, attempt }: Planned,
  { plan }: CollectOptions,
  names: string,
  others: Readonly<Record<string, string>> = {},
): string {
  const of = { job: runJob, run: plan.id, cell, block: String(block), attempt: String(attempt) };
  const labels = { ...of, ...others };
  return `{__name__=~"${names}",${matching(labels)}}`;
}

/** What all runners counted, as one; and what is to be told of how it came about. */
interface WholeLoad {
  readonly load: TracedLoad;
  readonly notMeasured: readonly string[];
}

/**
 * What the runners counted in the last try at the replicate.
 *
 * @throws NotCollectedError where one is missing or ended early; RangeError where they did not start together
 */
async function loadOf(planned: Planned, cell: Cell, options: CollectOptions): Promise<WholeLoad> {
  const { plan, prometheus, nowMs, sinceSeconds } = options;
  const { parallelism } = plan.cluster;
  const starts = selectorOf(planned, options, windowStart);
  const begun = await prometheus.instant(`last_over_time(${starts}[${sinceSeconds}s])`, nowMs);
  if (begun.length === 0) {
    throw new NotCollectedError(
      `no runner has pushed anything under ${matching({ run: plan.id, cell: planned.cell, block: String(planned.block) })} in the last ${Math.round(sinceSeconds / 3600)} hours: was TestRun ${planned.testRun} applied, and may its runners write to this Prometheus?`,
    );
  }
  // A TestRun that was applied again goes on in the same series, in which nothing older than its own start is its own.
  const lastStartMs = Math.max(...begun.map(({ value }) => value));
  const range = `${Math.max(60_000, Math.ceil(nowMs - lastStartMs + togetherMs))}ms`;
  const numbers = await prometheus.instant(
    `last_over_time(${selectorOf(planned, options, runnerNumbers)}[${range}])`,
    nowMs,
  );
  const runners = toRunnerLoads(numbers, await histogramsOf(planned, numbers, range, options));
  const missing = Array.from({ length: parallelism }, (_, index) => String(index + 1)).filter(
    (runner) => !runners.has(runner),
  );
  if (missing.length > 0) {
    throw new NotCollectedError(
      `runner ${missing.join(', ')} of ${parallelism} has pushed nothing: TestRun ${planned.testRun} has failed, or has not ended`,
    );
  }
  if (runners.size > parallelism) {
    throw new NotCollectedError(`${runners.size} runners have pushed, and the plan has ${parallelism}`);
  }
  refuseUnfinished(runners, cell, planned);
  // A runner tells its window's start at each arrival, more exactly from one to the next: within 1 ms.
  const all = `${starts}[${sinceSeconds}s]`;
  const again = await prometheus.instant(`max_over_time(${all}) - min_over_time(${all}) > 500`, nowMs);
  const sentence = `TestRun ${planned.testRun} was applied more than once: this is the last time.`;
  return { load: mergeLoads([...runners.values()]), notMeasured: again.length > 0 ? [sentence] : [] };
}

/** Their last histograms, a runner at a time: all that is stored of one is read. */
async function histogramsOf(
  planned: Planned,
  numbers: readonly InstantSeries[],
  range: string,
  options: CollectOptions,
): Promise<HistogramSeries[]> {
  const found: HistogramSeries[] = [];
  for (const runner of new Set(numbers.map(({ labels }) => labels[runnerLabel] ?? ''))) {
    const selector = selectorOf(planned, options, runnerHistograms, { [runnerLabel]: runner });
    found.push(...(await options.prometheus.lastHistograms(`${selector}[${range}]`, options.nowMs)));
  }
  return found;
}

/** Arrivals are shared to within one: a runner with fewer has ended before its last one, or what it pushed last is lost. */
function refuseUnfinished(runners: ReadonlyMap<string, TracedLoad>, cell: Cell, { testRun }: Planned): void {
  const { ratePerSecond, durationSeconds } = arrivalsOf(cell);
  const share = Math.round(ratePerSecond * durationSeconds) / runners.size;
  const early = [...runners].flatMap(([runner, { started, dropped }]) =>
    started + dropped < Math.min(share - 2, share * 0.99)
      ? [`runner ${runner} of ${runners.size} has ${started + dropped} of its ${Math.round(share)} arrivals`]
      : [],
  );
  if (early.length > 0) {
    throw new NotCollectedError(`${early.join(', ')}: TestRun ${testRun} has failed, or has not ended`);
  }
  for (const [runner, { started, completed, shed, errored, wrong }] of runners) {
    const ended = completed + shed + errored + wrong;
    if (ended === started) continue;
    throw new NotCollectedError(
      `runner ${runner} of ${runners.size} has started ${started} requests and told of the end of ${ended}: a part of what it pushed is missing`,
    );
  }
}

function arrivalsOf({ id, load }: Cell): ArrivalLoad {
  if (load.kind === 'constant-arrival-rate') return load;
  throw new NotCollectedError(`${id} has a load that no cluster offers`);
}

async function withReadings(
  common: Pick<Replicate, 'schemaVersion' | 'cell' | 'block' | 'order' | 'attempt'>,
  planned: Planned,
  { load, notMeasured }: WholeLoad,
  options: CollectOptions,
): Promise<CollectedReplicate> {
  const { plan, prometheus } = options;
  const cell = { ...common.cell, load: arrivalsOf(common.cell) };
  const windowSeconds = cell.load.durationSeconds;
  const scrapes = 3 * plan.cluster.scrapeSeconds;
  const seconds = Math.ceil(beforeSeconds + windowSeconds + afterSeconds + 2 * scrapes);
  const atMs = load.windowStartMs + (windowSeconds + afterSeconds + scrapes) * 1000;
  const selector = selectorOf(planned, options, readingMetrics);
  // A pod that was gone before the window is that of an earlier try.
  const stored = (await prometheus.stored(`${selector}[${seconds}s]`, atMs)).filter(
    ({ points }) => (points.at(-1)?.atMs ?? 0) >= load.windowStartMs,
  );
  refuseTwo(stored);
  const readings = toReadings(stored);
  const { measurement, reasons, spanMs, samples } = toCollected({
    cell,
    load,
    readings,
    scrapeMs: plan.cluster.scrapeSeconds * 1000,
    loadCores: plan.cluster.parallelism,
  });
  const server = factsOf(cell, stored, plan);
  const all = checkGates({ cell, measurement, load, isolation: 'none', server, samples }, reasons);
  const result = {
    ...common,
    cell: common.cell,
    startedAt: new Date(load.windowStartMs).toISOString(),
    wallSeconds: spanMs / 1000,
    server,
    ...measurement,
    notMeasured: [...notMeasured, ...measurement.notMeasured],
  };
  return {
    replicate:
      all.length === 0 ? { ...result, outcome: 'valid' } : { ...result, outcome: 'invalid', reasons: all },
    samples: [...readings.kernel, ...readings.server, ...readings.cpu].sort((a, b) => a.atMs - b.atMs),
  };
}

/** Figures of two processes under one name are those of neither. */
function refuseTwo(stored: readonly StoredSeries[]): void {
  for (const [who, metric] of [
    ['server', scalars.requestsStarted.name],
    ['probe', probeMetrics.samples.name],
  ] as const) {
    const instances = new Set(
      stored.flatMap(({ name, labels }) => (name === metric ? [labels.instance ?? ''] : [])),
    );
    if (instances.size <= 1) continue;
    throw new NotCollectedError(
      `there are ${instances.size} of its ${who}, at ${[...instances].sort().join(' and ')}: its pod was replaced, or the run is there twice`,
    );
  }
}

/** What the server says of itself; where it says nothing, what its image is. */
function factsOf(cell: Cell, stored: readonly StoredSeries[], { cluster }: ClusterPlan): ServerFacts {
  const { runtime, api, topology } = cell;
  const info = stored.find(({ name }) => name === serverInfo.name)?.labels;
  const limit = stored.find(({ name }) => name === probeMetrics.acceptQueueLimit.name)?.points.at(-1)?.value;
  const version = info?.version ?? cluster.versions[runtime] ?? 'not known';
  return { name: runtime, runtime, version, api, topology, effectiveBacklog: limit ?? null };
}
