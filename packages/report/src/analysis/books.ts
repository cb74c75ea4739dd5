import type { Cell } from '@acceptbench/results/cell';
import { isTraced, type LoadResult, type SilentResult } from '@acceptbench/results/load';
import type { Book, LawName, Stage } from '@acceptbench/results/measurement';
import type { Isolation } from '@acceptbench/results/run';
import type { KernelSample } from '@acceptbench/results/sample';
import { integrate, valueAt } from './integral.ts';
import { counterSeries, growthSince, queueSeries, sinceWindowStart } from './kernel.ts';
import { hasOverflowed } from './occupancy.ts';
import {
  activeRequests,
  connectionsAccepted,
  offloadQueueLength,
  offloadQueueWait,
  requestDuration,
  requestsAborted,
  requestsStarted,
  type ServerSeries,
} from './server-metrics.ts';
import { thresholds } from './thresholds.ts';

/** What a server counted from its start until it had drained, as it said at its end. */
export type DrainedTotals = { readonly accepted: number; readonly closed: number };

export type BooksInput = {
  readonly cell: Cell;
  readonly load: LoadResult;
  readonly kernel: readonly KernelSample[];
  readonly server: ServerSeries;
  readonly isolation: Isolation['mode'];
  /** Null where the server does not count connections, or said nothing at its end. */
  readonly drained: DrainedTotals | null;
  readonly completedPerSecond: number;
  readonly ceilingPerSecond: number | null;
  readonly stages: readonly Stage[];
  readonly residualMs: number | null;
};

/** Every law that can be checked here: two figures from different sources that must agree. What is unknown is left out. */
export function toBooks(input: BooksInput): Book[] {
  return [...requestBooks(input), ...connectionBooks(input), ...littleBooks(input), ...timeBooks(input)];
}

/** Conservation of requests: exact, wherever the server is. */
export function requestBooks({ cell, load, server }: BooksInput): Book[] {
  const ended = load.completed + load.shed + load.errored + load.wrong;
  // Who counts sums has no other side to compare them with.
  const books = isTraced(load)
    ? [exact('requests', 'load: started = completed + shed + failed', load.started, ended, 'requests')]
    : [];
  const started = server.total(requestsStarted);
  const finished = server.total(`${requestDuration}_count`);
  const active = server.values(activeRequests).at(-1)?.value;
  if (started !== null) books.push(startedBook(cell, load, started));
  if (started !== null && finished !== null && active !== undefined) {
    const right = finished + (server.total(requestsAborted) ?? 0) + active;
    const says = 'server: started = finished + aborted + in the handler';
    books.push(exact('requests-ended', says, started, right, 'requests'));
  }
  return books;
}

function startedBook(cell: Cell, load: LoadResult, started: number): Book {
  const law = 'requests-started';
  if (cell.load.kind === 'closed-loop') {
    const says = 'counted by the load ≤ started at the server, by one for each of its connections at most';
    return between({
      law,
      says,
      value: started,
      most: load.started + cell.load.connections,
      least: load.started,
    });
  }
  if (load.errored === 0) {
    return exact(law, 'started at the server = started by the load', started, load.started, 'requests');
  }
  // Whether a request that was never answered had come to the server, the client does not know.
  const says = 'answered ≤ started at the server ≤ started by the load';
  return between({ law, says, value: started, least: load.started - load.errored, most: load.started });
}

/** Conservation of connections: to the connection in a namespace; without one the kernel counts the whole host's. */
export function connectionBooks({ cell, load, kernel, server, isolation, drained }: BooksInput): Book[] {
  const books: Book[] = [];
  const opened = growthSince(counterSeries(kernel, 'passiveOpens'), load.windowStartMs);
  const connections = load.connections ?? 0;
  const strays = hasOverflowed(kernel, load.windowStartMs) ? connections * thresholds.strayShare : 0;
  const tolerance =
    isolation === 'namespace'
      ? strays
      : Math.max(strays, thresholds.connectionCount, connections * thresholds.connectionShare);
  const check = (law: LawName, says: string, left: number, right: number, allowed = tolerance) =>
    books.push(book({ law, says, left, right, unit: 'connections', tolerance: allowed }));
  if (load.silent !== null) books.push(...silentBook(load.silent, kernel, tolerance));
  if (opened !== null) {
    const law = 'connections-opened';
    if (load.connections !== null && load.errored > 0) {
      // A connection that stands for the client may never have come to be in the kernel: its queue was full when it should.
      const says = 'answered ≤ opened, as the kernel counts ≤ opened by the load';
      const least = Math.min(load.connections, load.started - load.errored);
      const unit = 'connections';
      books.push(between({ law, says, value: opened, least, most: load.connections, unit, tolerance }));
    } else if (load.connections !== null) {
      check(law, 'opened, as the kernel counts = opened by the load', opened, load.connections);
    }
    const accepted = server.total(connectionsAccepted);
    const queued = queueSeries(kernel).at(-1)?.value ?? 0;
    if (accepted !== null) {
      const says = 'opened, as the kernel counts = accepted by the server + still queued';
      check('connections-accepted', says, opened, accepted + queued);
    }
  }
  if (drained !== null && cell.policy === 'close') {
    const says = 'server, from start to end: accepted = closed, as none is open when it has drained';
    check('connections-closed', says, drained.accepted, drained.closed, 0);
  }
  return books;
}

/**
 * Those that say nothing are opened before the window, when nothing else connects, so that within it the kernel counts the load
 * alone. A listener that defers accepting lets them in a second later, which is waited for.
 */
function silentBook(silent: SilentResult, kernel: readonly KernelSample[], tolerance: number): Book[] {
  const series = counterSeries(kernel, 'passiveOpens');
  const before = series.findLast(({ atMs }) => atMs <= silent.openedFromMs);
  const after = series.find(({ atMs }) => atMs >= silent.settledAtMs);
  if (before === undefined || after === undefined) return [];
  const says = 'opened before the window, as the kernel counts = silent connections that the client opened';
  const sides = { left: after.value - before.value, right: silent.connected, unit: 'connections' };
  return [book({ law: 'silent-opened', says, ...sides, tolerance })];
}

/** One such entry: an integral and a sum over so many seconds; null where one of them is not known. */
export function littleBook(entry: {
  readonly law: LawName;
  readonly says: string;
  readonly unit: string;
  readonly left: number | null;
  readonly right: number | null;
  readonly seconds: number;
  readonly load: Pick<LoadResult, 'completed'>;
}): Book | null {
  const { law, says, unit, left, right, seconds, load } = entry;
  if (left === null || right === null) return null;
  const skewed = (load.completed / seconds) * thresholds.littleSkewSeconds;
  const tolerance = Math.max(
    Math.max(left, right) * thresholds.littleShare,
    Math.max(thresholds.littleOccupancy, skewed) * seconds,
  );
  return book({ law, says, left, right, unit, tolerance });
}

/** Little's law from empty to empty: an occupancy's integral is the sum of the waits. */
function littleBooks({ load, kernel, server }: BooksInput): Book[] {
  const books: Book[] = [];
  const from = load.windowStartMs;
  const add = (
    law: LawName,
    says: string,
    unit: string,
    left: number | null,
    right: number | null,
    toMs: number,
  ) => {
    const entry = littleBook({ law, says, unit, left, right, seconds: (toMs - from) / 1000, load });
    if (entry !== null) books.push(entry);
  };
  const queue = queueSeries(kernel);
  const accepted = server.growth(connectionsAccepted);
  const opened = sinceWindowStart(counterSeries(kernel, 'passiveOpens'), from);
  const last = accepted.at(-1);
  if (last !== undefined && opened.length > 0) {
    const waiting = accepted.map(({ atMs, value }) => ({
      atMs,
      value: (valueAt(opened, atMs) ?? 0) - value,
    }));
    add(
      'little-accept-queue',
      'integral of the accept queue = integral of (opened, as the kernel counts − accepted by the server)',
      'connection-seconds',
      integrate(queue, from, last.atMs),
      integrate(waiting, from, last.atMs),
      last.atMs,
    );
  }
  const end = server.values(activeRequests).at(-1)?.atMs ?? from;
  add(
    'little-handler',
    'integral of the requests in the handler = sum of their times there',
    'request-seconds',
    server.integral(activeRequests, from),
    server.total(`${requestDuration}_sum`),
    end,
  );
  add(
    'little-offload-queue',
    'integral of the offload queue = sum of the waits in it',
    'job-seconds',
    server.integral(offloadQueueLength, from),
    server.total(`${offloadQueueWait}_sum`),
    end,
  );
  return books;
}

export function timeBooks({
  load,
  completedPerSecond,
  ceilingPerSecond,
  stages,
  residualMs,
}: BooksInput): Book[] {
  const books: Book[] = [];
  if (ceilingPerSecond !== null) {
    const tolerance = ceilingPerSecond * thresholds.ceilingShare;
    const residual = Math.max(0, completedPerSecond - ceilingPerSecond);
    books.push({
      law: 'ceiling',
      says: 'completed ≤ ceiling',
      left: completedPerSecond,
      right: ceilingPerSecond,
      residual,
      unit: 'requests per second',
      tolerance,
      holds: residual <= tolerance,
    });
  }
  if (residualMs !== null) {
    const left = load.responseTime.mean;
    const right = stages.reduce((sum, { meanMs }) => sum + meanMs, 0);
    const least = load.burst === null ? thresholds.stagesMs : thresholds.burstStagesMs;
    const tolerance = Math.max(left * thresholds.stagesShare, least);
    const says = "the load's mean response time = the sum of the stages";
    books.push(book({ law: 'stages', says, left, right, unit: 'ms', tolerance }));
  }
  return books;
}

/** A figure that lies between two others; the residual is how far outside it is. */
function between(entry: {
  readonly law: LawName;
  readonly says: string;
  readonly value: number;
  readonly least: number;
  readonly most: number;
  readonly unit?: string;
  readonly tolerance?: number;
}): Book {
  const { law, says, value, least, most, unit = 'requests', tolerance = 0 } = entry;
  const residual = Math.min(0, value - least) + Math.max(0, value - most);
  const right = residual > 0 ? most : least;
  return { law, says, left: value, right, unit, tolerance, residual, holds: Math.abs(residual) <= tolerance };
}

function exact(law: LawName, says: string, left: number, right: number, unit: string): Book {
  return book({ law, says, left, right, unit, tolerance: 0 });
}

function book(entry: Omit<Book, 'residual' | 'holds'>): Book {
  const residual = entry.left - entry.right;
  return { ...entry, residual, holds: Math.abs(residual) <= entry.tolerance };
}
