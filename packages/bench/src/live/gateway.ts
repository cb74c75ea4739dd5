import { type Family, joinFamilies, parseFamilies } from '@acceptbench/metrics/families';
import { type Exporter, startExporter } from '@acceptbench/probe/exporterServer';
import { runInfo } from './runFamilies.ts';

export interface Gateway extends Pick<Exporter, 'url'> {
  /** `127.0.0.1:9466`: the target. Prometheus makes it the label `instance` of all that it reads here. */
  readonly instance: string;
  /** When it was read last, ms of performance.now(); null before the first time. */
  readonly lastScrapeMs: number | null;
  /** The longest time between two readings so far, ms; 0 before the second. */
  readonly longestGapMs: number;
  /** From now on it says that this run is on. */
  setRun(run: string, experiment: string): void;
  /** The replicate that lives serves its metrics at this URL. */
  setReplicate(url: string): void;
  /** The replicate has ended, and these are its last metrics: they stay until they have been read once. */
  endReplicate(lastPage: string | null): void;
  /** True when the last metrics of every replicate have been read. */
  isRead(): boolean;
  close(): Promise<void>;
}

/** How long a replicate may take to answer where the scraper does not say how long it waits. */
const timeoutMs = 1_000;
/** Left for what is not the replicate's answer. */
const spareMs = 50;

/**
 * One address for a whole run. Prometheus takes up to 10 s to find a target (it looks for changes every 5 s, twice), which is
 * longer than a short replicate lives, so replicates are no targets of their own: they are read through here, one after the other,
 * with the labels that they give themselves.
 *
 * @throws what `listen` throws
 */
export async function startGateway(host: string, port: number): Promise<Gateway> {
  let run: Family[] = [];
  let replicate: string | undefined;
  let last: Family[][] = [];
  let lastScrapeMs: number | null = null;
  let longestGapMs = 0;
  const exporter = await startExporter({
    host,
    port,
    async families(waitsMs) {
      // A scrape that comes too late would take the last page of the one before with it.
      const limitMs = waitsMs === null ? timeoutMs : Math.max(spareMs, waitsMs - spareMs);
      const living = replicate === undefined ? [] : await readPage(replicate, limitMs);
      // One that has just ended gives its last page next time.
      const ended = last;
      last = [];
      const now = performance.now();
      longestGapMs = Math.max(longestGapMs, now - (lastScrapeMs ?? now));
      lastScrapeMs = now;
      return joinFamilies([run, ...ended, living]);
    },
  });
  return {
    url: exporter.url,
    instance: new URL(exporter.url).host,
    get lastScrapeMs() {
      return lastScrapeMs;
    },
    get longestGapMs() {
      return longestGapMs;
    },
    setRun(name, experiment) {
      run = runInfo({ run: name, experiment });
    },
    setReplicate(url) {
      replicate = url;
    },
    endReplicate(lastPage) {
      replicate = undefined;
      if (lastPage !== null) last.push(parseFamilies(lastPage).families);
    },
    isRead: () => last.length === 0,
    close: () => exporter.close(),
  };
}

/** Nothing where the replicate does not answer in time: it has just ended, is about to say why, or has no CPU. */
async function readPage(url: string, limitMs: number): Promise<Family[]> {
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(Math.round(limitMs)) });
    return response.ok ? parseFamilies(await response.text()).families : [];
  } catch {
    return [];
  }
}
