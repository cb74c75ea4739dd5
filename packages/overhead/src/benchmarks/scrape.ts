import { availableParallelism } from 'node:os';
import { setTimeout as delay } from 'node:timers/promises';
import { parseExposition } from '@acceptbench/metrics/parse';
import type { Runtime, Settings } from '../arguments.ts';
import { keepBusy } from '../busy.ts';
import { wasmFor } from '../calibrate.ts';
import { connections, get } from '../client.ts';
import { type BenchmarkResult, type Figure, toFigure } from '../figure.ts';
import { type Command, startServer } from '../processes.ts';
import { fixtureServer, ourServer } from '../servers.ts';

const workMs = 4;
/** Between two scrapes; random, so that they do not fall into step with the work. */
const pauseMs = { least: 2, most: 18 };
/** Scraping ends at this time even when fewer scrapes than asked for were made: three runtimes stay under 3 minutes. */
const longestMs = 40_000;
/** Below this share of the time in the work, whoever does it was not saturated: its scrapes say nothing. */
const leastBusy = 0.7;

interface Case {
  readonly what: string;
  readonly command: Command;
  /** Threads that do the work. */
  readonly threads: number;
}

/** Scrapes while whatever does the work is busy all the time. Times are of one scrape, from sent to read, in ms. */
export async function scrape(settings: Settings, say: (line: string) => void): Promise<BenchmarkResult> {
  const work = wasmFor(workMs, () => performance.now());
  const figures: Figure[] = [];
  const notes: string[] = [];
  for (const runtime of settings.runtimes) {
    for (const one of casesOf(runtime, settings, work)) {
      say(`scrape: ${one.what}`);
      const { timesMs, busyShare, lengthCharacters } = await measure(one, settings);
      const worked = `${(busyShare * 100).toFixed(0)} % of the time`;
      if (busyShare < leastBusy) {
        notes.push(
          `${one.what}: not shown. Its work took ${worked}, accepted is ${leastBusy * 100} % and more: give it more --connections, or stop what else runs.`,
        );
        continue;
      }
      figures.push(toFigure(one.what, 'ms', timesMs));
      const threads = one.threads === 1 ? 'one thread' : `${one.threads} threads`;
      notes.push(
        `${one.what}: work on ${threads} took ${worked}; a scrape is ${lengthCharacters} characters.`,
      );
    }
  }
  return {
    benchmark: 'scrape',
    about: `Time of one scrape over a kept connection while ${settings.connections} connections have a request of ${work} (about ${workMs} ms) outstanding at all times.`,
    figures,
    notes,
  };
}

function casesOf(runtime: Runtime, { servers }: Settings, work: string): Case[] {
  const workers = availableParallelism();
  return [
    {
      what: `${runtime} inline, metrics thread`,
      command: ourServer(runtime, servers, 'inline', { WORK: work }),
      threads: 1,
    },
    {
      what: `${runtime} offload to ${workers}, metrics thread`,
      command: ourServer(runtime, servers, 'offload', { WORK: work, WORKERS: String(workers) }),
      threads: workers,
    },
    {
      what: `${runtime} inline, metrics on the main loop`,
      command: fixtureServer(runtime, 'main-loop-metrics', { WORK: work }),
      threads: 1,
    },
  ];
}

async function measure({ what, command, threads }: Case, settings: Settings) {
  const server = await startServer(command);
  const agent = connections(1);
  try {
    const { metricsUrl } = server;
    if (metricsUrl === undefined) throw new Error(`${what}: the server did not say where its metrics are`);
    const busy = await keepBusy({ url: `${server.url}/data`, connections: settings.connections });
    const first = await get(metricsUrl, agent);
    const startedAt = performance.now();
    const timesMs: number[] = [];
    let last = first;
    while (timesMs.length < settings.scrapes && performance.now() - startedAt < longestMs) {
      await delay(pauseMs.least + Math.random() * (pauseMs.most - pauseMs.least));
      const sentAt = performance.now();
      last = await get(metricsUrl, agent);
      timesMs.push(performance.now() - sentAt);
    }
    const elapsedSeconds = (performance.now() - startedAt) / 1000;
    await busy.stop();
    const busyShare = (workSeconds(last) - workSeconds(first)) / elapsedSeconds / threads;
    return { timesMs, busyShare, lengthCharacters: last.length };
  } finally {
    agent.destroy();
    await server.stop();
  }
}

function workSeconds(exposition: string): number {
  const seconds = parseExposition(exposition).acceptbench_work_duration_seconds_sum;
  if (seconds === undefined) throw new Error('a scrape lacks acceptbench_work_duration_seconds_sum');
  return seconds;
}
