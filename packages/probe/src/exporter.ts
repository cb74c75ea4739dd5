import type { ServerSample } from '@acceptbench/results/sample';
import { type Exporter, startExporter } from './exporterServer.ts';
import { Tally } from './exporterTally.ts';
import { readListenLimits } from './listenLimit.ts';
import { startSampler } from './sampler.ts';

export interface ProbeOptions {
  /** Ports whose listeners are watched. */
  readonly ports: readonly number[];
  /** The server's process, for its CPU, memory and descriptors; absent: without these. */
  readonly pid?: number;
  /** Where the metrics are served. */
  readonly host: string;
  readonly port: number;
  /** ms between two readings of the accept queues. */
  readonly periodMs: number;
  /** One where each connection brings one request: with the server's own metrics (`add`), those accepted and not yet started are told then. */
  readonly requestsPerConnection?: 'one' | 'many';
}

export interface Probe extends Pick<Exporter, 'url'> {
  /** Rejects when sampling goes wrong; never resolves. */
  readonly failed: Promise<never>;
  /** What can't be measured here, a sentence each. */
  notMeasured(): string[];
  /** Listeners that are there now, and the sum of their limits; null where nobody says. */
  listeners(): { readonly count: number; readonly limit: number | null };
  /** What the server's own metrics said, for the stages that only they tell of. */
  add(sample: ServerSample): void;
  close(): Promise<void>;
}

/** Looks for limits that are not known so often; and at all of them, as a server may call listen again. */
const limitPeriodMs = 2_000;
const allLimitsEvery = 30;

/**
 * Watches a server that runs already, of whoever, and serves what it sees to Prometheus: the accept queues, their limits, what
 * the kernel counts, and with a pid what the process uses. Sees the network namespace it runs in.
 *
 * @throws RangeError for a port that is none; what `listen` throws
 */
export async function startProbe(options: ProbeOptions): Promise<Probe> {
  const { ports, pid, host, port, periodMs, requestsPerConnection = 'many' } = options;
  const tally = new Tally({ requestsPerConnection });
  let reason: string | null = null;
  const readLimits = async () => {
    const read = await readListenLimits(ports);
    reason = read.limits === null ? read.reason : null;
    if (read.limits !== null) tally.setLimits(read.limits);
  };
  await readLimits();
  const sampler = await startSampler({
    ports,
    ...(pid === undefined ? {} : { serverPid: pid }),
    periodMs,
    isWatched: true,
    onSample: (sample) => tally.add(sample),
  });
  let turn = 0;
  const timer = setInterval(() => {
    turn += 1;
    if (turn % allLimitsEvery === 0 || tally.withoutLimit().length > 0) void readLimits();
  }, limitPeriodMs);
  const stop = () => {
    clearInterval(timer);
    sampler.close();
  };
  let exporter: Exporter;
  try {
    exporter = await startExporter({ host, port, families: () => tally.families() });
  } catch (error) {
    stop();
    throw error;
  }
  return {
    url: exporter.url,
    failed: sampler.failed,
    notMeasured: () => (reason === null ? [] : [reason]),
    listeners: () => tally.listeners(),
    add: (sample) => tally.add(sample),
    async close() {
      stop();
      await exporter.close();
    },
  };
}
