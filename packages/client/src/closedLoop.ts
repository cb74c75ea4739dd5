import type { LoadResult } from '@acceptbench/results/load';

/** What a generator is asked for: so many connections, each of which asks again when it has its answer. */
export interface ClosedLoopTask {
  /** With its path. */
  readonly url: string;
  readonly connections: number;
  /** Whole seconds. */
  readonly seconds: number;
  /** Threads it may use. */
  readonly threads: number;
  /** False: a connection for each request. */
  readonly keepAlive: boolean;
}

/** What it counted, whoever it is. Times in ms. */
export interface ClosedLoopReport {
  /** Responses that came, right or wrong. */
  readonly responses: number;
  /** Those whose status was not as it should be; no generator of this kind looks at the body. */
  readonly wrong: number;
  /** Connections refused, reset or timed out. */
  readonly errored: number;
  /** How long it ran, by its own clock. */
  readonly seconds: number;
  readonly latency: {
    readonly mean: number;
    /** Null where it does not say. */
    readonly min: number | null;
    readonly p50: number;
    readonly p90: number;
    readonly p99: number;
    readonly max: number;
  };
}

/** A generator of this kind: its program, its command line, and how to read what it prints. */
export interface ClosedLoopGenerator {
  readonly name: 'wrk' | 'oha';
  readonly install: string;
  arguments(task: ClosedLoopTask): string[];
  /** @throws Error when it is something else. */
  parse(text: string): ClosedLoopReport;
}

/**
 * As the result of a load. It ran a little longer than it was asked to (wrk 0.1 s and more), so the share of its responses that the
 * window has is an estimate, and what it does not tell is null.
 */
export function toClosedLoad(
  report: ClosedLoopReport,
  windowStartMs: number,
  durationSeconds: number,
): LoadResult {
  const { responses, wrong, errored, seconds, latency } = report;
  const completed = responses - wrong;
  return {
    windowStartMs,
    started: responses + errored,
    dropped: 0,
    completed,
    completedInWindow: Math.round(completed * Math.min(1, durationSeconds / seconds)),
    completedByThird: null,
    // A 503 is a wrong status to it: it does not know of shedding.
    shed: 0,
    shedMs: 0,
    errored,
    wrong,
    connections: null,
    schedulingLag: null,
    openingMs: null,
    resendingMs: null,
    resent: null,
    endedAtMs: null,
    responseTime: { n: completed, ...latency },
    histogram: null,
    burst: null,
    silent: null,
  };
}
