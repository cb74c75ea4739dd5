import { readTimestamp } from '@acceptbench/metrics/catalogue';
import { parseExposition } from '@acceptbench/metrics/parse';
import { planNextTick } from '@acceptbench/probe/schedule';
import type { ServerSample } from '@acceptbench/results/sample';
import { ask, oneConnection } from './http.ts';

export interface Scraper {
  /** Scrapes once more, now. Null when the server did not answer. */
  scrape(): Promise<ServerSample | null>;
  stop(): void;
  /** Scrapes that got no answer. */
  readonly failures: number;
}

/**
 * Reads a server's metrics over one connection, opened here and kept, until stopped. Twenty a second is usual: what is
 * integrated over the scrapes changes its slope at the window's ends, and a slope of 300 a second that changes between two scrapes
 * is misplaced by 300 × 0.05² / 8 s = 0.1 request-seconds at most: 0.1 ms a request. They are as uneven as the probe's samples, so
 * that they are in step with no rate of arrivals.
 *
 * @throws Error when the first scrape fails.
 */
export async function startScraper(
  url: string,
  periodMs: number,
  now: () => number,
  onSample: (sample: ServerSample) => void,
): Promise<Scraper> {
  const agent = oneConnection();
  let failures = 0;
  let shortestMs = Number.POSITIVE_INFINITY;
  const read = async (): Promise<ServerSample> => {
    const askedAt = now();
    const { status, body } = await ask(url, { agent });
    const answeredAt = now();
    const waitedMs = answeredAt - askedAt;
    shortestMs = Math.min(shortestMs, waitedMs);
    if (status !== 200) throw new Error(`GET ${url}: status ${status}`);
    const { [readTimestamp.name]: readAt = Number.NaN, ...values } = parseExposition(body);
    const toldMs = readAt * 1000;
    // Where the server does not say when it read its counters, it was somewhere between asking and having the answer: half-way,
    // were both ways as long. On a busy machine most of a long wait comes after the reading, as rendering and this
    // process's own turn do, so the estimate lies between that and half of the shortest wait so far.
    const isTold = toldMs >= askedAt && toldMs <= answeredAt;
    const atMs = isTold ? toldMs : askedAt + (shortestMs + waitedMs) / 4;
    const sample: ServerSample = { kind: 'server', atMs, values };
    onSample(sample);
    return sample;
  };
  const scrape = async () => {
    try {
      return await read();
    } catch {
      failures += 1; // The server may have died: whoever watches it says so.
      return null;
    }
  };
  await read();
  const schedule = { startMs: now(), periodMs };
  let timer: NodeJS.Timeout | undefined;
  let stopped = false;
  const plan = (tick: number, ranAtMs: number) => {
    const next = planNextTick(schedule, { tick, ranAtMs, nowMs: now() });
    timer = setTimeout(run, next.delayMs, next.tick);
  };
  const run = async (tick: number) => {
    const ranAtMs = now();
    await scrape();
    if (!stopped) plan(tick, ranAtMs);
  };
  plan(0, schedule.startMs);
  return {
    scrape,
    stop() {
      stopped = true;
      clearTimeout(timer);
      agent.destroy();
    },
    get failures() {
      return failures;
    },
  };
}
