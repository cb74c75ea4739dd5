import { isTraced, type LoadResult, type TracedLoad } from '@acceptbench/results/load';
import type { KernelSample } from '@acceptbench/results/sample';
import { integrate, type TimedValue, valueAt } from './integral.ts';
import { acceptedSeries, counterSeries, growthSince, queueSeries, sinceWindowStart } from './kernel.ts';
import {
  connectionsAccepted,
  type MeanOf,
  meanAccepted,
  meanMoments,
  requestsStarted,
  rightlyFinished,
  rightlyStarted,
  type ServerSeries,
} from './server-metrics.ts';
import { thresholds } from './thresholds.ts';

/** A stage's mean in ms, and the source of what went into it. */
export type Occupied = MeanOf & { readonly source: string };

/**
 * Accepted and not yet started, per request. Right only where each connection brings one request. A server that sums up its moments
 * knows the mean start exactly, and by its hook the mean accept; without a hook that is the kernel's, from its samples. Of any other
 * server it is the integral of (connections accepted − requests started) over time, shared among the requests (Little's law from empty
 * to empty), both read in the same scrape, or accepted the kernel's. Null where neither is there, or nothing was started.
 */
export function processWait(
  server: ServerSeries,
  kernel: readonly KernelSample[],
  windowStartMs: number,
): Occupied | null {
  const summed = summedProcessWait(server);
  if (summed !== null) return summed;
  const started = server.growth(requestsStarted);
  const last = started.at(-1);
  if (last === undefined || last.value <= 0) return null;
  const hooked = server.growth(connectionsAccepted);
  const moments = hooked.length > 0 ? null : meanMoments(server, 'all');
  const taken = moments === null ? null : takenByKernel(kernel, windowStartMs);
  if (moments !== null && taken !== null) {
    return {
      meanMs: moments.startedMs - windowStartMs - taken.meanMs,
      n: moments.n,
      source: `mean start, as the server summed them up, − mean moment at which the kernel handed over a connection, over ${taken.readings} samples`,
    };
  }
  const accepted = hooked.length > 0 ? hooked : sinceWindowStart(acceptedSeries(kernel), windowStartMs);
  if (accepted.length === 0) return null;
  const inside = started.map(({ atMs, value }) => ({ atMs, value: (valueAt(accepted, atMs) ?? 0) - value }));
  const seconds = integrate(inside, windowStartMs, last.atMs);
  if (seconds === null) return null;
  const who = hooked.length > 0 ? 'the server' : 'the kernel';
  return {
    meanMs: (seconds / last.value) * 1000,
    n: Math.round(last.value),
    source: `integral of (connections accepted, as ${who} counts, − requests started) over ${started.length} scrapes`,
  };
}

/**
 * The mean moment at which the kernel handed over a connection: the mean moment at which it opened one, and what the accept queue held
 * it. Each is integrated over all of its own samples: the queue is read more often than PassiveOpens, and of a queue that empties
 * by tens at once (Deno's) the fewer readings, from the samples that have both, may say some ms a connection other than all of them.
 */
function takenByKernel(kernel: readonly KernelSample[], windowStartMs: number): MomentOf | null {
  const opened = openedByKernel(kernel, windowStartMs);
  const queued = integrate(queueSeries(kernel), windowStartMs, kernel.at(-1)?.atMs ?? windowStartMs);
  if (opened === null || queued === null) return null;
  return { ...opened, meanMs: opened.meanMs + (queued / opened.n) * 1000 };
}

/** The mean moment at which the kernel opened a connection. Null where it does not say. */
function openedByKernel(kernel: readonly KernelSample[], windowStartMs: number): MomentOf | null {
  return meanMoment(sinceWindowStart(counterSeries(kernel, 'passiveOpens'), windowStartMs), windowStartMs);
}

/** The same of a server that sums up both moments itself: exact, however seldom somebody looks. Null where it does not. */
export function summedProcessWait(server: ServerSeries): Occupied | null {
  const moments = meanMoments(server, 'all');
  const acceptedMs = meanAccepted(server);
  if (moments === null || acceptedMs === null) return null;
  const source = 'mean start − mean accept, as the server summed them up';
  return { meanMs: moments.startedMs - acceptedMs, n: moments.n, source };
}

/**
 * From a request's being sent until the server started it, per request: the mean moment of the start less the mean moment at
 * which the generator had a connection to send it on. So it holds for kept connections too, where nobody counts how many
 * requests have come. It includes the accept queue, for those that opened a connection. Null where the server does not say, or
 * nothing was started.
 */
export function sentToStarted(server: ServerSeries, load: LoadResult): Occupied | null {
  if (load.completed === 0 || !isTraced(load)) return null;
  const started = meanAtServer(server, load, 'startedMs');
  if (started === null) return null;
  const { completed, schedulingLag, openingMs, resendingMs } = load;
  const sentAtMs = intendedAt(load) + schedulingLag.mean + (openingMs + resendingMs) / completed;
  return {
    meanMs: started.meanMs - sentAtMs,
    n: started.n,
    source: `mean start at the server, ${started.source}, − mean moment at which the generator sent`,
  };
}

/** In ms since the window's start: summed up by the server itself, or from how its counter grew over the scrapes. */
function meanAtServer(
  server: ServerSeries,
  { windowStartMs }: LoadResult,
  which: 'startedMs' | 'finishedMs',
): Occupied | null {
  const moments = meanMoments(server, 'right');
  if (moments !== null) {
    return { meanMs: moments[which] - windowStartMs, n: moments.n, source: 'as it summed them up' };
  }
  const counted = which === 'startedMs' ? rightlyStarted(server) : rightlyFinished(server);
  const moment = meanMoment(counted, windowStartMs);
  return moment === null ? null : { ...moment, source: `over ${moment.readings} scrapes` };
}

/**
 * From the reply handed back until the client had read it, per request: the mean moment at which the generator had its
 * responses less the mean moment at which the server finished them (those it shed are not among them). Null where the server
 * does not say, or nothing was finished.
 */
export function replyTransit(server: ServerSeries, load: LoadResult): Occupied | null {
  if (load.completed === 0 || !isTraced(load)) return null;
  const finished = meanAtServer(server, load, 'finishedMs');
  if (finished === null) return null;
  return {
    meanMs: load.endedAtMs / load.completed - finished.meanMs,
    n: finished.n,
    source: `mean end at the generator − mean finish at the server, ${finished.source}`,
  };
}

/**
 * From the request's intended start until the kernel had let its connection into the accept queue, per request. The client's own clock
 * has most of that; not the way of its last packet of the handshake, which is nothing over loopback, and not all of it where a queue
 * overflowed. A SYN that is dropped keeps the client from connecting, and its own clock sees that. But a queue may be full when the
 * handshake ends: behind a listener that defers accepting until the request has come (TCP_DEFER_ACCEPT), where several handshakes end at
 * once, or with a SYN cookie. To the client the connection then stands; its request is dropped and sent again, and no clock of the
 * client's sees that. So this is the mean moment at which the kernel opened connections, the integral of those still to come divided by
 * their number, less the mean intended start. Null where the kernel does not say, or where more than a
 * few of the connections brought no right response: of these the intended start is not known.
 */
export function untilLetIn(kernel: readonly KernelSample[], load: LoadResult): Occupied | null {
  if (!isTraced(load) || load.completed === 0) return null;
  const opened = openedByKernel(kernel, load.windowStartMs);
  if (opened === null) return null;
  if (Math.abs(opened.n - load.completed) > load.completed * thresholds.strayShare) return null;
  return {
    meanMs: opened.meanMs - intendedAt(load),
    n: opened.n,
    source: `mean moment at which the kernel opened a connection, over ${opened.readings} samples, − mean intended start`,
  };
}

/** Did an accept queue refuse a connection since then? False where the kernel does not say. */
export function hasOverflowed(kernel: readonly KernelSample[], fromMs: number): boolean {
  return (growthSince(counterSeries(kernel, 'listenOverflows'), fromMs) ?? 0) > 0;
}

/** The mean moment at which completed requests were meant to start, in ms since the window's start. */
function intendedAt({ endedAtMs, completed, responseTime }: TracedLoad): number {
  return endedAtMs / completed - responseTime.mean;
}

/** A mean moment in ms since the window's start, and how many readings it was made of. */
type MomentOf = MeanOf & { readonly readings: number };

/**
 * The mean moment at which a counter grew, in ms since the window's start: the integral of what is still to come, (n − so far),
 * divided by n. Null where it did not grow.
 */
function meanMoment(counted: readonly TimedValue[], windowStartMs: number): MomentOf | null {
  const last = counted.at(-1);
  if (last === undefined || last.value <= 0) return null;
  const toCome = counted.map(({ atMs, value }) => ({ atMs, value: last.value - value }));
  const seconds = integrate(toCome, windowStartMs, last.atMs);
  if (seconds === null) return null;
  return { meanMs: (seconds / last.value) * 1000, n: Math.round(last.value), readings: counted.length };
}
