import { probeMetrics } from '@acceptbench/metrics/probeCatalogue';
import type { CollectedReadings, QueueReading, TimedValue } from '@acceptbench/report/collected';
import type { CpuSample, KernelSample, ServerSample } from '@acceptbench/results/sample';
import type { StoredSeries } from './query.ts';

/** A pattern for the names of all that is read of a server and of the probe beside it. */
export const readingMetrics = 'acceptbench_.+|http_server_.+';

/** What the kernel counts, by the name of the sample's counter. */
const kernelCounters = {
  passiveOpens: probeMetrics.kernelOpened.name,
  listenOverflows: probeMetrics.listenOverflows.name,
  listenDrops: probeMetrics.listenDrops.name,
  synRetrans: probeMetrics.synRetransmits.name,
  reqQFullDrop: probeMetrics.synQueueFullDrops.name,
  reqQFullDoCookies: probeMetrics.synQueueFullCookies.name,
  deferAcceptDrop: probeMetrics.deferAcceptDrops.name,
} as const satisfies Record<keyof KernelSample['counters'], string>;

const ofProbe: ReadonlySet<string> = new Set(Object.values(probeMetrics).map(({ name }) => name));

/**
 * What Prometheus read of a server and of its probe, as samples: those of one scrape have one time. Each holds what was read
 * there and then; nothing is filled in.
 */
export function toReadings(stored: readonly StoredSeries[]): CollectedReadings {
  const probe = stored.filter(({ name }) => ofProbe.has(name));
  // What the runner of a watched run says of its plan is neither.
  const server = stored.filter(
    ({ name }) =>
      !ofProbe.has(name) &&
      !name.endsWith('_bucket') &&
      /^(http_server_|acceptbench_(requests|connections|offload|work|worker))/.test(name),
  );
  return {
    server: serverSamples(server),
    kernel: kernelSamples(probe),
    cpu: cpuSamples(probe),
    queues: queuesOf(probe),
    stageSeconds: new Map(
      probe
        .filter(({ name }) => name === probeMetrics.stageConnectionSeconds.name)
        .map(({ labels, points }) => [labels.stage ?? '', points]),
    ),
    probeSamples: probe.find(({ name }) => name === probeMetrics.samples.name)?.points ?? [],
  };
}

/** By the names that `parseExposition` gives: summed over labels, and by status beside. */
function serverSamples(series: readonly StoredSeries[]): ServerSample[] {
  const samples = new Map<number, Record<string, number>>();
  for (const { name, labels, points } of series) {
    const { http_response_status_code: status } = labels;
    const keys =
      status === undefined || !/^\d+$/.test(status)
        ? [name]
        : [name, `${name}{http_response_status_code="${status}"}`];
    for (const { atMs, value } of points) {
      const values = samples.get(atMs) ?? {};
      samples.set(atMs, values);
      for (const key of keys) values[key] = (values[key] ?? 0) + value;
    }
  }
  return [...samples]
    .sort(([a], [b]) => a - b)
    .map(([atMs, values]) => ({ kind: 'server' as const, atMs, values }));
}

/** Values of the series of one name at each moment. */
function byTime(series: readonly StoredSeries[], name: string): Map<number, number> {
  const found = series.find((each) => each.name === name);
  return new Map(found?.points.map(({ atMs, value }) => [atMs, value]) ?? []);
}

function momentsOf(series: readonly StoredSeries[]): number[] {
  return [...new Set(series.flatMap(({ points }) => points.map(({ atMs }) => atMs)))].sort((a, b) => a - b);
}

function kernelSamples(probe: readonly StoredSeries[]): KernelSample[] {
  const lengths = probe.filter(({ name }) => name === probeMetrics.acceptQueueLength.name);
  const listeners = lengths.map(({ labels, points }) => ({
    address: labels.address ?? '',
    inode: Number(labels.inode ?? 0),
    at: new Map(points.map(({ atMs, value }) => [atMs, value])),
  }));
  const counters = Object.entries(kernelCounters).map(
    ([name, metric]) => [name, byTime(probe, metric)] as const,
  );
  return momentsOf(lengths).map((atMs) => ({
    kind: 'kernel',
    atMs,
    listeners: listeners.flatMap(({ address, inode, at }) => {
      const queue = at.get(atMs);
      return queue === undefined ? [] : [{ address, inode, queue }];
    }),
    counters: Object.fromEntries(
      counters.map(([name, at]) => [name, at.get(atMs) ?? null]),
    ) as KernelSample['counters'],
  }));
}

function queuesOf(probe: readonly StoredSeries[]): QueueReading[] {
  const limits = probe.filter(({ name }) => name === probeMetrics.acceptQueueLimit.name);
  return probe
    .filter(({ name }) => name === probeMetrics.acceptQueueConnectionSeconds.name)
    .map(({ labels, points }) => ({
      address: labels.address ?? '',
      inode: Number(labels.inode ?? 0),
      limit:
        limits
          .find((each) => each.labels.inode === labels.inode && each.labels.address === labels.address)
          ?.points.at(-1)?.value ?? null,
      seconds: points,
    }));
}

function cpuSamples(probe: readonly StoredSeries[]): CpuSample[] {
  const of = (name: string, process: string): readonly TimedValue[] =>
    probe.find((each) => each.name === name && each.labels.process === process)?.points ?? [];
  const use = (process: string) => {
    const at = (name: string) => new Map(of(name, process).map(({ atMs, value }) => [atMs, value]));
    const cpu = at(probeMetrics.cpuSeconds.name);
    const queue = at(probeMetrics.runQueueSeconds.name);
    const rss = at(probeMetrics.residentBytes.name);
    const descriptors = at(probeMetrics.descriptors.name);
    return (atMs: number) => {
      const cpuSeconds = cpu.get(atMs);
      if (cpuSeconds === undefined) return null;
      return {
        cpuSeconds,
        runQueueSeconds: queue.get(atMs) ?? null,
        rssBytes: rss.get(atMs) ?? null,
        descriptors: descriptors.get(atMs) ?? null,
        threads: {},
      };
    };
  };
  const [server, load] = [use('server'), use('load')];
  const steal = byTime(probe, probeMetrics.stealSeconds.name);
  const pressure = byTime(probe, probeMetrics.pressureSeconds.name);
  const halfOpen = byTime(probe, probeMetrics.halfOpen.name);
  return momentsOf(probe.filter(({ name }) => name === probeMetrics.samples.name)).map((atMs) => ({
    kind: 'cpu',
    atMs,
    wallMs: atMs,
    server: server(atMs),
    load: load(atMs),
    host: { stealSeconds: steal.get(atMs) ?? null, pressureSeconds: pressure.get(atMs) ?? null },
    halfOpen: halfOpen.get(atMs) ?? null,
  }));
}
