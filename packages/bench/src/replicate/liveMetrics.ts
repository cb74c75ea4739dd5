import {
  type Family,
  joinFamilies,
  parseFamilies,
  renderFamilies,
  withLabels,
} from '@acceptbench/metrics/families';
import { startExporter } from '@acceptbench/probe/exporterServer';
import { Tally } from '@acceptbench/probe/exporterTally';
import type { ListenLimits } from '@acceptbench/probe/listenLimit';
import type { Sample } from '@acceptbench/results/sample';
import { replicateFamilies } from '../live/runFamilies.ts';
import { ask, oneConnection } from './http.ts';
import type { LiveSpec, Phase, ReplicateSpec } from './messages.ts';

/** What is seen of a replicate while it lives, as Prometheus reads it. */
export interface LiveMetrics {
  readonly url: string;
  add(sample: Sample): void;
  enter(phase: Phase): void;
  /** What a scrape gives now, as Prometheus text. */
  page(): Promise<string>;
  close(): Promise<void>;
}

/**
 * Serves the probe's samples, added up, and the server's own metrics, both under the replicate's labels.
 *
 * @param metricsUrl the server's own metrics; absent where it has none
 */
export async function startLiveMetrics(
  { cell, loadCores }: ReplicateSpec,
  { labels: all }: LiveSpec,
  { limits }: ListenLimits,
  metricsUrl: string | undefined,
): Promise<LiveMetrics> {
  // Prometheus gives what it reads these two by itself.
  const { job: _job, instance: _instance, ...labels } = all;
  const tally = new Tally({ requestsPerConnection: cell.policy === 'close' ? 'one' : 'many' });
  if (limits !== null) tally.setLimits(limits);
  let phase: Phase = 'start';
  const agent = oneConnection();
  const ofServer = async (): Promise<Family[]> => {
    if (metricsUrl === undefined) return [];
    try {
      const { status, body } = await ask(metricsUrl, { agent });
      return status === 200 ? parseFamilies(body).families : [];
    } catch {
      return []; // The server may have died: whoever watches it says so.
    }
  };
  const families = async () =>
    withLabels(
      joinFamilies([tally.families(), replicateFamilies(cell, phase, loadCores), await ofServer()]),
      labels,
    );
  const exporter = await startExporter({ host: '127.0.0.1', port: 0, families });
  return {
    url: exporter.url,
    add: (sample) => tally.add(sample),
    enter(next) {
      phase = next;
    },
    page: async () => (await renderFamilies(await families(), undefined)).text,
    async close() {
      agent.destroy();
      await exporter.close();
    },
  };
}
