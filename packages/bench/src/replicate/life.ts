import { writeFile } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { requireOpenFiles } from '@acceptbench/client/openFiles';
import { dataReply } from '@acceptbench/handler/routes';
import { createWork } from '@acceptbench/handler/work';
import { readSysctl } from '@acceptbench/probe/host';
import { enterNamespace } from '@acceptbench/probe/isolation';
import { type ListenLimits, readListenLimits } from '@acceptbench/probe/listenLimit';
import { type PreparedSampler, prepareSampler, type Sampler } from '@acceptbench/probe/sampler';
import { joinSecondHost, type SecondHost } from '@acceptbench/probe/secondHost';
import type { Cell } from '@acceptbench/results/cell';
import type { Replicate } from '@acceptbench/results/replicate';
import type { Sample } from '@acceptbench/results/sample';
import { schemaVersion } from '@acceptbench/results/schemaVersion';
import { gapSeconds } from '../experiments/duration.ts';
import { linkOf } from '../link.ts';
import { confinedTo } from '../placement.ts';
import { backlogNotOffered } from '../run/offer.ts';
import { closeBooks, type Measured } from './closeBooks.ts';
import { NotOfferedError, ReplicateError } from './error.ts';
import { type LiveMetrics, startLiveMetrics } from './liveMetrics.ts';
import { type RunningLoad, startLoad } from './load.ts';
import { requireGenerator } from './loadClosedLoop.ts';
import type { FromReplicate, Phase, ReplicateSpec } from './messages.ts';
import { startScraper } from './scrape.ts';
import { type RunningServer, startServer } from './server.ts';
import { holdSilentConnections, type SilentConnections } from './silent.ts';
import { tetherFor } from './tether.ts';
import { verifyRoutes } from './verify.ts';

const now = () => performance.timeOrigin + performance.now();

/** Time between two scrapes. All of a burst is one step, and it is over soon. */
const scrapeMs = { usual: 50, burst: 20 };

/** How long the server may take to be empty after k6 has had its last response. */
const emptyMs = 10_000;

/**
 * One cell's life: isolate → start → verify → warm up → measure → drain → stop → close the books. Never rejects: what
 * goes wrong makes a failed replicate that says in which phase, with the server's last lines.
 */
export async function liveReplicate(
  spec: ReplicateSpec,
  tell: (message: Exclude<FromReplicate, { kind: 'done' }>) => void,
): Promise<Replicate> {
  const startedAt = now();
  let phase: Phase = 'isolate';
  const enter = (next: Phase) => {
    phase = next;
    metrics?.enter(next);
    tell({ kind: 'phase', phase: next });
  };
  let metrics: LiveMetrics | undefined;
  let prepared: PreparedSampler | undefined;
  let server: RunningServer | undefined;
  let loadHost: SecondHost | undefined;
  const common = () => ({
    schemaVersion,
    cell: spec.cell,
    block: spec.block,
    order: spec.order,
    attempt: spec.attempt,
    startedAt: new Date(startedAt).toISOString(),
    wallSeconds: (now() - startedAt) / 1000,
  });
  try {
    if (spec.isolation.mode === 'namespace') {
      await enterNamespace(toSettings(spec.cell));
      const link = linkOf(spec.isolation);
      if (link !== undefined) loadHost = await joinSecondHost(link);
    } else if (spec.cell.somaxconn !== undefined) {
      throw new ReplicateError(
        `net.core.somaxconn ${spec.cell.somaxconn} needs a network namespace of its own, and there is none`,
      );
    }
    if (spec.cell.load.kind === 'closed-loop') await requireGenerator(spec.cell.load);
    const tether = await tetherFor(process.pid);
    prepared = await prepareSampler({ rehearse: true });

    enter('start');
    const { manifest, folder, cell, startSeconds, path } = spec;
    // Elsewhere than in a namespace of our own somebody else might take the port meanwhile.
    const port = spec.port === 0 && spec.isolation.mode === 'namespace' ? (prepared.port ?? 0) : spec.port;
    server = await startServer({
      manifest,
      folder,
      cell,
      host: loadHost?.address ?? '127.0.0.1',
      port,
      startSeconds,
      path,
      prefix: [...tether, ...confinedTo(spec.placement.server)],
    });
    const limits = await readListenLimits([server.port]);
    refuseIgnoredBacklog(cell, limits);
    if (spec.live !== undefined) {
      metrics = await startLiveMetrics(spec, spec.live, limits, server.facts.metricsUrl);
      tell({ kind: 'metrics', url: metrics.url });
    }
    enter('verify');
    const expectedBody = dataReply(createWork(cell.work)()).body;
    await verifyRoutes(server.facts.url, expectedBody);

    const measured = await measure(
      spec,
      server,
      prepared,
      expectedBody,
      [...tether, ...(loadHost?.prefix ?? []), ...confinedTo(spec.placement.load)],
      enter,
      metrics,
    );
    if (metrics !== undefined) tell({ kind: 'last metrics', text: await metrics.page() });

    enter('stop');
    const drained = await server.stop();

    enter('close the books');
    await writeFile(
      spec.samplesPath,
      measured.samples.map((sample) => `${JSON.stringify(sample)}\n`).join(''),
    );
    return closeBooks({ spec, common: common(), facts: server.facts, limits, drained, ...measured });
  } catch (error) {
    server?.child.kill('SIGKILL');
    if (error instanceof NotOfferedError)
      return { ...common(), outcome: 'not-offered', reason: error.message };
    const serverTail = server?.child.tail() ?? (error instanceof ReplicateError ? error.tail : []);
    return {
      ...common(),
      outcome: 'failed',
      phase,
      error: (error instanceof Error ? error.message : String(error)).replace(/\s+/g, ' '),
      serverTail: [...serverTail],
    };
  } finally {
    prepared?.close();
    loadHost?.close();
    await metrics?.close();
  }
}

/** Connections that a cell's load holds at one time, whatever the server's pace. */
function connectionsOf({ load }: Cell): number {
  if (load.kind === 'constant-arrival-rate') return load.silentConnections ?? 0;
  return load.connections;
}

/** Offers the load while the probe samples, until the server is empty again. */
async function measure(
  spec: ReplicateSpec,
  server: RunningServer,
  prepared: PreparedSampler,
  expectedBody: string,
  prefix: readonly string[],
  enter: (phase: Phase) => void,
  metrics: LiveMetrics | undefined,
): Promise<Measured> {
  const { cell, k6Path, summaryPath } = spec;
  const samples: Sample[] = [];
  const record = (sample: Sample) => {
    samples.push(sample);
    metrics?.add(sample);
  };
  const { metricsUrl, url } = server.facts;
  const periodMs = cell.load.kind === 'burst' ? scrapeMs.burst : scrapeMs.usual;
  const scraper =
    metricsUrl === undefined ? undefined : await startScraper(metricsUrl, periodMs, now, record);
  let running: RunningLoad | undefined;
  let silent: SilentConnections | null = null;
  const sampler = await prepared.start({
    ports: [server.port],
    serverPid: server.child.pid,
    loadPid: () => running?.pid,
    isWatched: metrics !== undefined,
    onSample: record,
  });
  enter('warm up');
  let toMeasure: NodeJS.Timeout | undefined;
  try {
    requireOpenFiles(connectionsOf(cell), server.child.pid, 'the server');
    silent = await holdSilentConnections({ cell, baseUrl: url, prefix, samples, now });
    running = await startLoad({
      k6Path,
      cell,
      baseUrl: url,
      expectedBody,
      summaryPath,
      loadCores: spec.loadCores,
      prefix,
      live: spec.live,
      now,
    });
    toMeasure = setTimeout(() => enter('measure'), (cell.load.warmupSeconds + gapSeconds) * 1000);
    const serverEnded = server.child.ended.then(({ code, signal }) => {
      throw new ReplicateError(`the server ended while it was measured (${signal ?? `exit ${code}`})`);
    });
    const wrong = [serverEnded, sampler.failed];
    const load = await Promise.race([running.result, ...wrong]);
    enter('drain');
    const empty = await Promise.race([waitUntilEmpty(samples, sampler), ...wrong]);
    await scraper?.scrape();
    const { notMeasured, ...samplerReport } = await sampler.stop();
    return {
      load: { ...load, silent: (await silent?.release()) ?? null },
      // Each source tells its own in order of time.
      samples: samples.sort((a, b) => a.atMs - b.atMs),
      samplerReport,
      notMeasured: [
        ...notMeasured,
        ...(scraper === undefined ? ['Stages inside the server: it has no metrics.'] : []),
        ...(scraper !== undefined && scraper.failures > 0
          ? [`${scraper.failures} scrapes of the server’s metrics got no answer.`]
          : []),
        ...(empty ? [] : [`The server was not empty ${emptyMs / 1000} s after the last response.`]),
      ],
    };
  } finally {
    clearTimeout(toMeasure);
    running?.kill();
    silent?.kill();
    scraper?.stop();
  }
}

/** Empty: nothing in the accept queue and, where the server says, no request in the handler. False when it takes too long. */
async function waitUntilEmpty(samples: readonly Sample[], sampler: Sampler): Promise<boolean> {
  if (process.platform !== 'linux') return true;
  const begin = now();
  const taken = sampler.latest().samples;
  const isEmpty = () => {
    const kernel = sampler.latest();
    const server = samples.findLast((sample) => sample.kind === 'server');
    // The next sample may have been under way already.
    const fresh = kernel.samples >= taken + 2 && (server === undefined || server.atMs >= begin);
    return fresh && kernel.queue === 0 && (server?.values.http_server_active_requests ?? 0) === 0;
  };
  while (!isEmpty()) {
    if (now() - begin > emptyMs) return false;
    await delay(10);
  }
  return true;
}

/** A runtime that ignores the listen argument would be measured with another queue. @throws NotOfferedError */
function refuseIgnoredBacklog(cell: Cell, { limits }: ListenLimits): void {
  const somaxconn = readSysctl('net.core.somaxconn');
  const reason = backlogNotOffered(
    cell,
    (limits ?? []).map(({ limit }) => limit),
    somaxconn === null ? null : Number(somaxconn),
  );
  if (reason !== null) throw new NotOfferedError(reason);
}

/** Kernel settings of the replicate's own namespace. */
function toSettings({ somaxconn }: Cell): { somaxconn?: number } {
  return somaxconn === undefined ? {} : { somaxconn };
}
