import { type ArrivalLoad, type Cell, offeredPerSecond } from '@acceptbench/results/cell';
import type { TracedLoad } from '@acceptbench/results/load';
import type { Book, Measurement } from '@acceptbench/results/measurement';
import type {
  FailedReplicate,
  InvalidReplicate,
  Reason,
  ValidReplicate,
} from '@acceptbench/results/replicate';
import type { Run } from '@acceptbench/results/run';
import { schemaVersion } from '@acceptbench/results/schemaVersion';

export type ArrivalCell = Cell & { readonly load: ArrivalLoad };

/** Realistic plain data for tests: 4 ms of work, one worker, 1.3 × a ceiling of 250/s, for ten seconds. */
export function aCell(
  change: Partial<Omit<ArrivalCell, 'id'>> & { rate?: number; ofCeiling?: number } = {},
): ArrivalCell {
  const { rate = 325, ofCeiling = 1.3, ...rest } = change;
  const cell: Omit<ArrivalCell, 'id'> = {
    runtime: 'bun',
    api: 'native',
    topology: 'inline',
    workers: 1,
    listeners: 1,
    work: { kind: 'wasm', iterations: 4_000_000 },
    policy: 'close',
    load: {
      kind: 'constant-arrival-rate',
      ratePerSecond: rate,
      ofCeiling,
      warmupSeconds: 2,
      warmupRatePerSecond: 50,
      durationSeconds: 10,
    },
    ...rest,
  };
  const { runtime, api, topology, workers, policy, work } = cell;
  const id = `${runtime}-${api}-${topology}-w${workers}-${policy}-${work.kind}-${ofCeiling}x`;
  return { id: id.replaceAll(/[^A-Za-z0-9@._+-]/g, '_'), ...cell };
}

/** Below the ceiling: 175/s, where nothing queues. */
export const aCalmCell = (change: Partial<ArrivalCell> = {}) =>
  aCell({ rate: 175, ofCeiling: 0.7, ...change });

export const windowStartMs = 1_790_000_000_000;

/** What k6 hands over when every planned request was completed. */
export function aLoad(cell: Cell = aCell(), change: Partial<TracedLoad> = {}): TracedLoad {
  const started = (offeredPerSecond(cell) ?? 0) * cell.load.durationSeconds;
  const inWindow = Math.min(started, 246 * cell.load.durationSeconds);
  const third = Math.floor(inWindow / 3);
  return {
    windowStartMs,
    started,
    dropped: 0,
    completed: started,
    completedInWindow: inWindow,
    completedByThird: [third, third, inWindow - 2 * third],
    shed: 0,
    shedMs: 0,
    errored: 0,
    wrong: 0,
    connections: started,
    openingMs: 0,
    resendingMs: 0,
    resent: 0,
    endedAtMs: started * ((cell.load.durationSeconds * 1000) / 2 + 888),
    schedulingLag: { n: started, mean: 0.4, min: 0, p50: 0.3, p90: 0.8, p99: 1.3, max: 4 },
    responseTime: { n: started, mean: 888, min: 5, p50: 880, p90: 1580, p99: 1760, max: 1800 },
    histogram: null,
    burst: null,
    silent: null,
    ...change,
  };
}

export type Waits = {
  resend?: number;
  acceptQueue: number | null;
  process: number;
  offloadQueue?: number;
  work?: number;
  reply?: number;
};

/** A measurement that holds together: the stages sum to the response time. */
export function aMeasurement(
  cell: Cell = aCell(),
  waits: Waits = { acceptQueue: 884, work: 4, process: -0.4 },
  change: Partial<Measurement> & { completed?: number; queueMean?: number } = {},
): Measurement {
  const { completed = 246, queueMean = 152, ...rest } = change;
  const stages: Measurement['stages'] = [
    { stage: 'client-lag', meanMs: 0.4, source: "mean of k6's scheduling lag", isRest: false },
  ];
  const add = (stage: Measurement['stages'][number]['stage'], meanMs: number | null | undefined) => {
    if (meanMs !== null && meanMs !== undefined)
      stages.push({ stage, meanMs, source: 'a test', isRest: false });
  };
  add('resend', waits.resend);
  add('accept-queue', waits.acceptQueue);
  add('process', waits.process);
  add('offload-queue', waits.offloadQueue);
  add('work', waits.work);
  add('reply', waits.reply);
  const mean = stages.reduce((sum, stage) => sum + stage.meanMs, 0);
  const requests = (offeredPerSecond(cell) ?? 0) * cell.load.durationSeconds;
  return {
    windowStartMs,
    rates: {
      offeredPerSecond: offeredPerSecond(cell),
      acceptedPerSecond: waits.acceptQueue === null ? null : completed + 1,
      completedPerSecond: completed,
    },
    acceptQueue:
      waits.acceptQueue === null
        ? null
        : {
            mean: queueMean,
            max: Math.ceil(queueMean * 2),
            limit: 512,
            overflows: 0,
            connectionSeconds: (waits.acceptQueue / 1000) * requests,
            samples: 2600,
            lateSamples: 2,
            missedSamples: 1,
            listeners: [
              {
                address: '127.0.0.1:8080',
                inode: 1,
                limit: 512,
                mean: queueMean,
                max: Math.ceil(queueMean * 2),
                connectionSeconds: (waits.acceptQueue / 1000) * requests,
              },
            ],
          },
    responseHistogram: null,
    burst: null,
    silent: null,
    responseTimeMs: { mean, p50: mean, p90: mean * 1.8, p99: mean * 2, max: mean * 2.1 },
    stages,
    residualMs: 0,
    books: [aBook('stages', mean, mean), aBook('connections-opened', requests, requests)],
    kernel: { synRetrans: 0, listenDrops: 0, reqQFullDrop: 0, reqQFullDoCookies: 0, deferAcceptDrop: 0 },
    requests: { started: requests, dropped: 0, completed: requests, failed: 0, shed: 0, shedMeanMs: null },
    schedulingLagMs: { mean: 0.4, p99: 1.3, max: 4 },
    ceilingPerSecond: 250,
    serviceTimeMs: { mean: 4, n: requests },
    cpu: {
      serverSeconds: 13.2,
      loadSeconds: 3.1,
      loadSecondsInWindow: 2.9,
      loadCores: 1,
      serverRunQueueSeconds: 0.4,
      loadRunQueueSeconds: 0.3,
      stealSeconds: 0.1,
      pressureSeconds: 0.6,
      spanSeconds: 13.4,
    },
    peak: { serverRssBytes: 90_000_000, serverDescriptors: 320, halfOpen: 0 },
    serviceTimeByThirdMs: [4, 4, 4],
    notMeasured: [],
    ...rest,
  };
}

/** A law that holds when both sides are the same. */
export const aBook = (law: Book['law'], left: number, right: number, tolerance = 0): Book => ({
  law,
  says: `${law}: left = right`,
  left,
  right,
  residual: left - right,
  unit: 'of a test',
  tolerance,
  holds: Math.abs(left - right) <= tolerance,
});

/** What a server says of itself. */
export const aServer = (cell: Cell) => ({
  name: cell.runtime,
  runtime: cell.runtime,
  version: '1.4.5',
  api: cell.api,
  topology: cell.topology,
  effectiveBacklog: 512,
});

const common = (cell: Cell, block: number) => ({
  schemaVersion,
  attempt: 1,
  cell,
  block,
  order: block,
  startedAt: '2026-11-23T12:00:00.000Z',
  wallSeconds: 17.5,
});

export const aValid = (cell: Cell, block: number, measurement: Measurement): ValidReplicate => ({
  outcome: 'valid',
  ...common(cell, block),
  server: aServer(cell),
  ...measurement,
});

export const anInvalid = (
  cell: Cell,
  block: number,
  reasons: Reason[],
  measurement: Measurement = aMeasurement(cell),
): InvalidReplicate => ({
  outcome: 'invalid',
  ...common(cell, block),
  reasons,
  server: aServer(cell),
  ...measurement,
});

export const aFailed = (cell: Cell, block: number, error: string): FailedReplicate => ({
  outcome: 'failed',
  ...common(cell, block),
  error,
  phase: 'ready',
  serverTail: [],
});

export function aRun(cells: Cell[], change: Partial<Run> = {}): Run {
  return {
    schemaVersion,
    id: '2026-11-23-120000-accept-queue',
    startedAt: '2026-11-23T12:00:00.000Z',
    finishedAt: '2026-11-23T12:10:00.000Z',
    resumedAt: [],
    interrupted: false,
    command: ['npx', 'acceptbench', 'run', 'accept-queue', '--seed', '7'],
    seed: 7,
    commit: { sha: '0123456789abcdef0123456789abcdef01234567', dirty: false },
    acceptbenchVersion: '0.1.0',
    experiment: {
      name: 'accept-queue',
      question: 'Where do requests wait?',
      howToRead: 'Compare inline with offload at the same load.',
      form: 'short',
      design: { kind: 'blocks', blocks: 3 },
    },
    cells,
    isolation: { mode: 'namespace' },
    placement: { server: null, load: null },
    calibrations: [{ kind: 'wasm', targetMs: 4, iterations: 4_000_000, medianMs: 4.01, iqrMs: 0.05, n: 101 }],
    environment: {
      os: 'Linux',
      kernel: '6.18.0',
      arch: 'x64',
      cpuModel: 'AMD EPYC 9B14',
      cores: 2,
      freeCores: 1,
      memoryBytes: 8_000_000_000,
      sysctls: { 'net.core.somaxconn': '4096', 'net.ipv4.tcp_abort_on_overflow': null },
      openFiles: 1_048_576,
      versions: { node: '26.10.0', bun: '1.4.5', deno: '2.9.6', k6: '2.2.0' },
    },
    ...change,
  };
}
