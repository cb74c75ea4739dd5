import type { Family, Series } from '@acceptbench/metrics/families';
import {
  type OccupiedStage,
  occupiedStages,
  type ProbeMetric,
  probeMetrics,
  processes,
} from '@acceptbench/metrics/probeCatalogue';
import { totalQueue } from '@acceptbench/results/accepted';
import type { CpuSample, KernelSample, ProcessUse, Sample, ServerSample } from '@acceptbench/results/sample';
import { Occupancy, ProcessStage } from './exporterOccupancy.ts';
import type { ListenLimit } from './listenLimit.ts';

type Limit = Pick<ListenLimit, 'address' | 'inode' | 'limit'>;

interface ListenerTally {
  readonly address: string;
  readonly occupancy: Occupancy;
  limit: number | null;
  fullSeconds: number;
}

/** What the kernel counts, by the metric it becomes. */
const kernelCounters = {
  kernelOpened: 'passiveOpens',
  listenOverflows: 'listenOverflows',
  listenDrops: 'listenDrops',
  synRetransmits: 'synRetrans',
  synQueueFullDrops: 'reqQFullDrop',
  synQueueFullCookies: 'reqQFullDoCookies',
  deferAcceptDrops: 'deferAcceptDrop',
} as const satisfies Partial<Record<ProbeMetric, keyof KernelSample['counters']>>;
type KernelMetric = keyof typeof kernelCounters;

/**
 * Samples, added up into what Prometheus reads: gauges as they were last seen, and counters that only grow. What no sample
 * has told of is absent, never zero. The same for a server that runs and for samples that were stored: only their order counts.
 */
export class Tally {
  readonly #listeners = new Map<number, ListenerTally>();
  readonly #counters: Partial<Record<KernelMetric, number>> = {};
  readonly #stages = new Map<OccupiedStage, Occupancy>();
  readonly #processStage: ProcessStage;
  readonly #use = new Map<string, { last: ProcessUse; runQueueSeconds: number | null }>();
  #limits: readonly Limit[] = [];
  #kernel: KernelSample | undefined;
  #host: CpuSample['host'] | undefined;
  #halfOpen: number | null = null;
  #accepted: number | null = null;
  #samples = 0;

  /**
   * @param options.requestsPerConnection one, or many (keep-alive), where "accepted and not yet started" can't be told from
   *   counts of both and is absent
   */
  constructor(options: { readonly requestsPerConnection: 'one' | 'many' }) {
    this.#processStage = new ProcessStage(options.requestsPerConnection === 'one');
  }

  /** The effective backlogs, from now on. A listener is found by its inode, or by its address where that is not known. */
  setLimits(limits: readonly Limit[]): void {
    this.#limits = limits;
    for (const [inode, listener] of this.#listeners) listener.limit = this.#limitOf(inode, listener.address);
  }

  /** Inodes of the listeners that are there and have no known limit. */
  withoutLimit(): number[] {
    return [...this.#listeners].flatMap(([inode, { limit }]) => (limit === null ? [inode] : []));
  }

  /** The listeners that are there, and the sum of their limits: null where one is not known. */
  listeners(): { count: number; limit: number | null } {
    const limits = [...this.#listeners.values()].map(({ limit }) => limit);
    const sum = limits.reduce((total, limit) => (total === null || limit === null ? null : total + limit), 0);
    return { count: limits.length, limit: limits.length === 0 ? null : sum };
  }

  add(sample: Sample): void {
    if (sample.kind === 'kernel') this.#addKernel(sample);
    else if (sample.kind === 'server') this.#addServer(sample);
    else this.#addCpu(sample);
  }

  #addKernel(sample: KernelSample): void {
    this.#samples += 1;
    const before = this.#kernel;
    const seconds = before === undefined ? 0 : Math.max(0, sample.atMs - before.atMs) / 1000;
    const seen = new Set(sample.listeners.map(({ inode }) => inode));
    for (const inode of this.#listeners.keys()) if (!seen.has(inode)) this.#listeners.delete(inode);
    for (const { inode, address, queue } of sample.listeners) {
      const listener = this.#listeners.get(inode) ?? {
        address,
        occupancy: new Occupancy(),
        limit: this.#limitOf(inode, address),
        fullSeconds: 0,
      };
      this.#listeners.set(inode, listener);
      const { limit, occupancy } = listener;
      if (limit !== null && occupancy.value !== null) {
        const full = [occupancy.value, queue].filter((length) => length >= limit).length;
        listener.fullSeconds += (full / 2) * seconds;
      }
      occupancy.add(sample.atMs, queue);
    }
    for (const [metric, name] of Object.entries(kernelCounters) as [
      KernelMetric,
      keyof KernelSample['counters'],
    ][]) {
      const value = sample.counters[name];
      if (value !== null) this.#counters[metric] = value;
    }
    const { passiveOpens } = sample.counters;
    // Counter and queue are read one after the other, so their difference may step back by a few.
    if (passiveOpens !== null) {
      this.#accepted = Math.max(this.#accepted ?? 0, passiveOpens - totalQueue(sample));
    }
    if (sample.listeners.length > 0 || before !== undefined) {
      this.#occupy('accept-queue', sample.atMs, totalQueue(sample));
    }
    this.#kernel = sample;
    for (const { atMs, value } of this.#processStage.addKernel(sample)) this.#occupy('process', atMs, value);
  }

  #addServer(sample: ServerSample): void {
    const { atMs, values } = sample;
    const active = values.http_server_active_requests;
    const queued = values.acceptbench_offload_queue_length;
    if (queued !== undefined) this.#occupy('offload-queue', atMs, queued);
    if (active !== undefined) this.#occupy('work', atMs, Math.max(0, active - (queued ?? 0)));
    for (const each of this.#processStage.addServer(sample)) this.#occupy('process', each.atMs, each.value);
  }

  #addCpu(sample: CpuSample): void {
    for (const process of processes) {
      const use = sample[process];
      const known = this.#use.get(process);
      if (use === null) continue;
      // Summed over the threads that live, so it falls when one ends.
      const grown = Math.max(0, (use.runQueueSeconds ?? 0) - (known?.last.runQueueSeconds ?? 0));
      const runQueueSeconds =
        use.runQueueSeconds === null
          ? null
          : (known?.runQueueSeconds ?? 0) + (known === undefined ? 0 : grown);
      this.#use.set(process, { last: use, runQueueSeconds });
    }
    this.#host = sample.host;
    this.#halfOpen = sample.halfOpen ?? this.#halfOpen;
  }

  #occupy(stage: OccupiedStage, atMs: number, value: number): void {
    const occupancy = this.#stages.get(stage) ?? new Occupancy();
    this.#stages.set(stage, occupancy);
    occupancy.add(atMs, value);
  }

  #limitOf(inode: number, address: string): number | null {
    const found =
      this.#limits.find((each) => each.inode === inode) ??
      this.#limits.find((each) => each.inode === null && each.address === address);
    return found?.limit ?? null;
  }

  /** Everything that is known now. */
  families(): Family[] {
    const families: Family[] = [];
    const show = (metric: ProbeMetric, series: readonly Series[]) => {
      const { name, help, type } = probeMetrics[metric];
      if (series.length > 0) families.push({ name, help, type, series });
    };
    const showOne = (metric: ProbeMetric, value: number | null | undefined) => {
      if (value !== null && value !== undefined) show(metric, [{ labels: {}, value }]);
    };
    const byListener = (value: (listener: ListenerTally) => number | null) =>
      [...this.#listeners].flatMap(([inode, listener]) => {
        const figure = value(listener);
        return figure === null
          ? []
          : [{ labels: { address: listener.address, inode: String(inode) }, value: figure }];
      });
    show(
      'acceptQueueLength',
      byListener(({ occupancy }) => occupancy.value),
    );
    show(
      'acceptQueueLimit',
      byListener(({ limit }) => limit),
    );
    show(
      'acceptQueueConnectionSeconds',
      byListener(({ occupancy }) => occupancy.seconds),
    );
    show(
      'acceptQueueFullSeconds',
      byListener(({ limit, fullSeconds }) => (limit === null ? null : fullSeconds)),
    );
    const byStage = (value: (occupancy: Occupancy) => number | null) =>
      occupiedStages.flatMap((stage) => {
        const occupancy = this.#stages.get(stage);
        const figure = occupancy === undefined ? null : value(occupancy);
        return figure === null ? [] : [{ labels: { stage }, value: figure }];
      });
    show(
      'stageRequests',
      byStage(({ value }) => value),
    );
    show(
      'stageConnectionSeconds',
      byStage(({ seconds }) => seconds),
    );
    for (const metric of Object.keys(kernelCounters) as KernelMetric[])
      showOne(metric, this.#counters[metric]);
    showOne('kernelAccepted', this.#accepted);
    showOne('halfOpen', this.#halfOpen);
    const byProcess = (value: (use: ProcessUse, runQueueSeconds: number | null) => number | null) =>
      [...this.#use].flatMap(([process, { last, runQueueSeconds }]) => {
        const figure = value(last, runQueueSeconds);
        return figure === null ? [] : [{ labels: { process }, value: figure }];
      });
    show(
      'cpuSeconds',
      byProcess(({ cpuSeconds }) => cpuSeconds),
    );
    show(
      'runQueueSeconds',
      byProcess((_, runQueueSeconds) => runQueueSeconds),
    );
    show(
      'residentBytes',
      byProcess(({ rssBytes }) => rssBytes),
    );
    show(
      'descriptors',
      byProcess(({ descriptors }) => descriptors),
    );
    showOne('stealSeconds', this.#host?.stealSeconds);
    showOne('pressureSeconds', this.#host?.pressureSeconds);
    if (this.#samples > 0) showOne('samples', this.#samples);
    return families;
  }
}
