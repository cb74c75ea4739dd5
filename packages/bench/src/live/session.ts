import { setTimeout as delay } from 'node:timers/promises';
import { CannotRunError } from '../exitCodes.ts';
import { openToOthers, withoutCredentials } from '../flags.ts';
import type { PlannedReplicate } from '../plan.ts';
import type { LiveSpec } from '../replicate/messages.ts';
import { type Gateway, startGateway } from './gateway.ts';
import { labelsOf } from './labels.ts';
import { dashboardLink } from './link.ts';
import { checkPrometheus, writeUrl } from './prometheus.ts';
import { writeTargets } from './targets.ts';

export interface LiveOptions {
  /** Of Prometheus, without a slash at its end. */
  readonly url: string;
  /** True when the run is not to go on without it. */
  readonly required: boolean;
  /** Where the run's metrics are served for Prometheus to read. */
  readonly listen: { readonly host: string; readonly port: number };
  /** The folder that a file_sd job of Prometheus reads. */
  readonly targetsFolder: string;
  /** Of Grafana, for the link. */
  readonly grafana: string;
}

/** A run that can be watched: what its replicates need to know, and what they tell. */
export interface LiveSession {
  /** The run has its name: from now on it is seen. */
  begin(run: string, experiment: string): void;
  /** Waits until Prometheus has read the run's metrics once. @throws CannotRunError where it must, and does not */
  untilRead(): Promise<void>;
  specFor(planned: PlannedReplicate): LiveSpec;
  readonly onMetrics: (url: string) => void;
  readonly onEnd: (lastMetrics: string | null) => void;
  /** Waits until what was measured last has been read, says where it can be seen, and leaves nothing behind. */
  end(): Promise<void>;
}

/** Prometheus looks at its files at once, and acts on what it finds every 5 s, twice. */
const firstReadMs = 20_000;
/** Many times the interval in prometheus.yml; with another's Prometheus the last metrics may be missed. */
const lastReadMs = 3_000;
/** Longer than that, beside twice the longest time between two readings, and Prometheus does not read any more. */
const lostMs = 5_000;

/**
 * Makes a run one that can be watched, or says why not: then there is none, and the run goes on without.
 *
 * @throws CannotRunError where it is required and can't be, or the address is taken
 */
export async function startLive(
  options: LiveOptions,
  say: (line: string) => void,
): Promise<LiveSession | undefined> {
  const { url, required, listen, targetsFolder, grafana } = options;
  const shown = withoutCredentials(url);
  const found = await checkPrometheus(url);
  if (found.state === 'unusable') {
    if (required) throw new CannotRunError(`can't run --live with ${shown}: ${found.reason}`);
    say(`not live: ${shown}: ${found.reason}; the run goes on without it`);
    return undefined;
  }
  const gateway = await openGateway(listen);
  const targets = await writeTargets(targetsFolder, gateway.instance).catch(async (cause: unknown) => {
    await gateway.close();
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new CannotRunError(`can't say in ${targetsFolder} what Prometheus is to read: ${why}`, { cause });
  });
  say(`live: k6 pushes to ${shown}, which reads ${gateway.url} by ${targets.file}`);
  say(
    'live: isolation is off. Kernel counters and somaxconn are the host’s, and Prometheus and Grafana use cores and connections beside what is measured: figures to pass on come from a run without --live',
  );
  const open = openToOthers(listen.host);
  if (open !== null) say(`live: ${open}`);
  const startedMs = Date.now();
  let run = '';
  return {
    begin(name, experiment) {
      run = name;
      gateway.setRun(run, experiment);
      say(`live: ${dashboardLink(grafana, run, { fromMs: startedMs })}`);
    },
    async untilRead() {
      if (await until(() => gateway.lastScrapeMs !== null, firstReadMs)) return;
      const lacks = `Prometheus has not read ${gateway.url} in ${firstReadMs / 1000} s; a job of it must have file_sd_configs with ${targetsFolder}, as dashboards/prometheus/prometheus.yml does`;
      if (required) throw new CannotRunError(`can't run --live: ${lacks}`);
      say(`live: ${lacks}. The run goes on; what k6 pushes is all that can be seen`);
    },
    specFor: (planned) => ({ labels: labelsOf(planned, run, gateway.instance), writeUrl: writeUrl(url) }),
    onMetrics: (address) => gateway.setReplicate(address),
    onEnd: (lastMetrics) => gateway.endReplicate(lastMetrics),
    async end() {
      const { lastScrapeMs, longestGapMs } = gateway;
      const lost = lastScrapeMs !== null && performance.now() - lastScrapeMs > 2 * longestGapMs + lostMs;
      if (!lost) await until(() => gateway.isRead(), lastReadMs);
      await targets.remove();
      await gateway.close();
      if (run === '') return;
      if (lost) {
        const ago = Math.round((performance.now() - lastScrapeMs) / 1000);
        say(
          `live: Prometheus stopped reading ${ago} s before the end. The results are whole; what Grafana shows is not (acceptbench backfill reads them in)`,
        );
      }
      say(`live: ${dashboardLink(grafana, run, { fromMs: startedMs, toMs: Date.now() })}`);
    },
  };
}

async function openGateway({ host, port }: LiveOptions['listen']): Promise<Gateway> {
  try {
    return await startGateway(host, port);
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new CannotRunError(
      `can't serve the run's metrics: ${why}; choose another address with --live-listen`,
      {
        cause,
      },
    );
  }
}

async function until(isSo: () => boolean, limitMs: number): Promise<boolean> {
  const end = performance.now() + limitMs;
  while (!isSo()) {
    if (performance.now() > end) return false;
    await delay(20);
  }
  return true;
}
