import { activeRequests, histograms, scalars, serverInfo } from '@acceptbench/metrics/catalogue';
import type { Family, Series } from '@acceptbench/metrics/families';
import { loadMetrics, type RunLabels, runMetrics } from '@acceptbench/metrics/runCatalogue';
import { Tally } from '@acceptbench/probe/exporterTally';
import type { Cell } from '@acceptbench/results/cell';
import type { Histogram } from '@acceptbench/results/load';
import { isMeasured, type MeasuredReplicate, type Replicate } from '@acceptbench/results/replicate';
import type { Sample, ServerSample } from '@acceptbench/results/sample';
import { gapSeconds } from '../experiments/duration.ts';
import { type Damage, type RunFolder, readSamples } from '../runFolder.ts';
import { labelsOf } from './labels.ts';
import { OpenMetricsText, type OpenMetricsType } from './openMetricsText.ts';
import { replicateFamilies, runInfo } from './runFamilies.ts';

/** As often as prometheus.yml reads a run that is on. */
const stepMs = 250;

/** Where a past run's series say that they come from. */
const pastInstance = 'past-run';

/**
 * A run's folder as OpenMetrics: the series that Prometheus would have read while it was on, by the same names and labels and at
 * the same interval, as far as they are in the results. The probe's samples and the server's counters are; of k6 only what it
 * counted in all is, so its counters stand at zero until the server was empty again, and then at their end.
 */
export async function* renderOpenMetrics(
  folder: RunFolder,
  onDamage: (damage: Damage) => void,
): AsyncGenerator<string, void, undefined> {
  const text = new OpenMetricsText();
  const { run, replicates } = folder;
  for (const replicate of replicates) {
    if (!isMeasured(replicate)) continue;
    const labels = labelsOf(replicate, run.id, pastInstance);
    for await (const { atMs, families } of toScrapes(
      replicate,
      readSamples(folder.folder, replicate, onDamage),
    )) {
      addFamilies(text, [...families, ...runInfo(infoLabels(run.experiment.name, labels))], labels, atMs);
    }
  }
  yield* text.text();
}

/** From when to when a run has something to show, Unix ms; null where no replicate was measured. */
export function timeRangeOf(replicates: readonly Replicate[]): { fromMs: number; toMs: number } | null {
  const measured = replicates.filter(isMeasured);
  if (measured.length === 0) return null;
  const starts = measured.map(({ startedAt }) => Date.parse(startedAt));
  const ends = measured.map(({ startedAt, wallSeconds }) => Date.parse(startedAt) + wallSeconds * 1000);
  return { fromMs: Math.min(...starts), toMs: Math.max(...ends) };
}

/** What a scrape would have given, every `stepMs` from the first sample to the one after the last. */
async function* toScrapes(
  replicate: MeasuredReplicate,
  samples: AsyncIterable<Sample>,
): AsyncGenerator<{ atMs: number; families: Family[] }> {
  const { cell, acceptQueue, cpu, windowStartMs } = replicate;
  const tally = new Tally({ requestsPerConnection: cell.policy === 'close' ? 'one' : 'many' });
  tally.setLimits(
    (acceptQueue?.listeners ?? []).flatMap(({ address, inode, limit }) =>
      limit === null ? [] : [{ address, inode, limit }],
    ),
  );
  let server: ServerSample | undefined;
  let lastMs: number | undefined;
  let dueMs: number | undefined;
  const scrape = (atMs: number, ended: boolean) => ({
    atMs,
    families: [
      ...tally.families(),
      ...replicateFamilies(cell, phaseAt(atMs, cell, windowStartMs), cpu.loadCores),
      ...(server === undefined ? [] : serverFamilies(server.values)),
      ...loadFamilies(replicate, ended),
    ],
  });
  for await (const sample of samples) {
    dueMs ??= sample.atMs;
    // A sample of the server is placed in time after the fact, so one may lie a little before the one that came first.
    while (sample.atMs > dueMs) {
      yield scrape(dueMs, false);
      dueMs += stepMs;
    }
    if (sample.kind === 'server') server = sample;
    tally.add(sample);
    lastMs = Math.max(lastMs ?? sample.atMs, sample.atMs);
  }
  if (dueMs === undefined || lastMs === undefined) return;
  yield scrape(Math.max(dueMs, lastMs), true);
  yield scrape(Math.max(dueMs, lastMs) + stepMs, true);
}

function phaseAt(atMs: number, { load }: Cell, windowStartMs: number): string {
  const warmupStartMs = windowStartMs - (load.warmupSeconds + gapSeconds) * 1000;
  if (atMs < warmupStartMs) return 'start';
  if (atMs < warmupStartMs + load.warmupSeconds * 1000) return 'warm up';
  if (atMs < windowStartMs) return 'gap';
  return atMs < windowStartMs + load.durationSeconds * 1000 ? 'measure' : 'drain';
}

const serverHistograms = Object.values(histograms);
const serverGauges = [activeRequests, serverInfo].map((each) => ({ ...each, type: 'gauge' as const }));
const serverScalars = [...Object.values(scalars), ...serverGauges];

/**
 * A server's counters as they were stored: summed over its threads, and of a histogram its sum and its number of values, which
 * OpenMetrics calls a summary.
 */
function serverFamilies(values: ServerSample['values']): Family[] {
  const stored = Object.entries(values).map(([key, value]) => {
    const [, name = key, label, labelValue = ''] = /^(\w+)\{(\w+)="(\d+)"\}$/.exec(key) ?? [];
    return { name, value, labels: label === undefined ? {} : { [label]: labelValue } };
  });
  const parted = new Set(
    stored.flatMap(({ name, labels }) => (Object.keys(labels).length > 0 ? [name] : [])),
  );
  return stored.flatMap(({ name, value, labels }): Family[] => {
    // Stored in parts and as their sum: the parts are what the server has.
    if (parted.has(name) && Object.keys(labels).length === 0) return [];
    const histogram = serverHistograms.find((each) => name.startsWith(`${each.name}_`));
    const suffix = (['_sum', '_count'] as const).find((each) => name.endsWith(each));
    if (histogram !== undefined && suffix !== undefined) {
      return [{ ...describe(histogram), type: 'histogram', series: [{ suffix, labels, value }] }];
    }
    const scalar = serverScalars.find((each) => each.name === name);
    return [
      {
        name,
        help: scalar?.help ?? 'As the server has it.',
        type: scalar?.type ?? 'untyped',
        series: [{ labels, value }],
      },
    ];
  });
}

const describe = ({ name, help }: { name: string; help: string }) => ({ name, help });

/** What k6 counted in the measured window: nothing yet, or all of it; and nothing at all of a load that another generator made. */
function loadFamilies(replicate: MeasuredReplicate, ended: boolean): Family[] {
  const { requests, rates, cell, responseHistogram, responseTimeMs } = replicate;
  if (cell.load.kind !== 'constant-arrival-rate') return [];
  const labels = { scenario: 'measure' };
  const counter = (metric: (typeof loadMetrics)[keyof typeof loadMetrics], value: number): Family => ({
    name: metric.name,
    help: 'Counted by k6 in the measured window.',
    type: 'counter',
    series: [{ labels, value: ended ? value : 0 }],
  });
  return [
    counter(loadMetrics.completedInWindow, Math.round(rates.completedPerSecond * cell.load.durationSeconds)),
    counter(loadMetrics.dropped, requests.dropped),
    counter(loadMetrics.shed, requests.shed),
    ...(responseHistogram === null
      ? []
      : [responseTimes(responseHistogram, responseTimeMs.mean, labels, ended)]),
  ];
}

function responseTimes(
  { upperBoundsMs, counts }: Histogram,
  meanMs: number,
  labels: Readonly<Record<string, string>>,
  ended: boolean,
): Family {
  const series: Series[] = [];
  let cumulative = 0;
  for (const [index, count] of counts.entries()) {
    cumulative += ended ? count : 0;
    const boundMs = upperBoundsMs[index];
    const le = boundMs === undefined ? '+Inf' : String(boundMs / 1000);
    series.push({ suffix: '_bucket', labels: { ...labels, le }, value: cumulative });
  }
  series.push({ suffix: '_sum', labels, value: (cumulative * meanMs) / 1000 });
  series.push({ suffix: '_count', labels, value: cumulative });
  return {
    name: loadMetrics.responseTime.name,
    help: 'Scheduling lag + blocked + duration of right responses.',
    type: 'histogram',
    series,
  };
}

/** Of the run as a whole: no cell's, and no replicate's. */
function infoLabels(experiment: string, { run, instance, job }: RunLabels): Record<string, string> {
  return { experiment, run, instance, job };
}

function addFamilies(
  text: OpenMetricsText,
  families: readonly Family[],
  labels: RunLabels,
  atMs: number,
): void {
  for (const { name, help, type, series } of families) {
    const family = type === 'counter' ? name.replace(/_total$/, '') : name;
    const summary = type === 'histogram' && series.every(({ suffix }) => suffix !== '_bucket');
    const as: OpenMetricsType = summary ? 'summary' : type === 'untyped' ? 'unknown' : type;
    for (const { suffix = '', labels: own, value } of series) {
      const all = name === runMetrics.runInfo.name ? own : { ...own, ...labels };
      text.add({ family, type: as, help, name: `${name}${suffix}`, labels: all, value, atMs });
    }
  }
}
