import * as z from 'zod';

/** A distribution as k6's trend statistics give it, in ms; `n` is its number of values. */
export const Trend = z.strictObject({
  n: z.int().min(0),
  mean: z.number(),
  min: z.number(),
  p50: z.number(),
  p90: z.number(),
  p99: z.number(),
  max: z.number(),
});
export type Trend = z.infer<typeof Trend>;

/**
 * Counts of values by size. `upperBoundsMs` ascends, each bound belongs to its bucket, and there is one count more than there
 * are bounds: what is above the last. Bounds are a fixed grid, so that histograms of different replicates add up.
 */
export const Histogram = z.strictObject({
  upperBoundsMs: z.array(z.number().positive()),
  counts: z.array(z.int().min(0)),
});
export type Histogram = z.infer<typeof Histogram>;

/** What a burst showed to the client that made it. Times in ms since the burst's instant, at which it began to connect. */
export const BurstResult = z.strictObject({
  connections: z.int().min(1),
  /** Connections whose handshake was done, and when the last of these was; null when none was. */
  connected: z.int().min(0),
  connectedMs: z.number().nullable(),
  /** Connections that were refused, reset, or timed out before their response. */
  refused: z.int().min(0),
  /** When the last response had come; null when none did. */
  drainedMs: z.number().nullable(),
  /** Mean response time of normal requests before the burst, one at a time, ms, and their number. */
  before: z.strictObject({ meanMs: z.number(), n: z.int().min(0) }),
  /** Response time of the first normal request, sent right after the burst's last connect, ms; null when it had none. */
  nextMs: z.number().nullable(),
  /** When the first of three normal requests in a row was sent that took no longer than twice what they took before; null when none was seen. */
  recoveredMs: z.number().nullable(),
});
export type BurstResult = z.infer<typeof BurstResult>;

/** Connections that say nothing, as the client that holds them saw them. */
export const SilentResult = z.strictObject({
  asked: z.int().min(1),
  /** Of these, those that connected, and those that the server closed before the end of the window. */
  connected: z.int().min(0),
  closedByServer: z.int().min(0),
  /** Unix ms: before the first of them was opened; and when the kernel had no unfinished handshake any more, before the window. */
  openedFromMs: z.number(),
  settledAtMs: z.number(),
});
export type SilentResult = z.infer<typeof SilentResult>;

/** What any generator counts in the measured window (and while what it started there came to its end). */
const counted = {
  /** The generator's own start of the measured load, Unix ms. */
  windowStartMs: z.number(),
  /** Requests started there; of a closed loop those that it counted: it does not tell of what it cut off at its end. */
  started: z.int().min(0),
  /** Arrivals that found no free virtual user and never started. */
  dropped: z.int().min(0),
  /** Right responses: status, headers and body as expected, as far as the generator looks. */
  completed: z.int().min(0),
  /** Right responses that had arrived before the window closed. */
  completedInWindow: z.int().min(0),
  /** Responses 503 of a server that sheds: neither completed nor wrong. 0 where the cell has no queue limit. */
  shed: z.int().min(0),
  /** Sum over shed responses of their response times, ms. */
  shedMs: z.number().min(0),
  /** Responses that never came (error, timeout). */
  errored: z.int().min(0),
  /** Responses that came and were wrong. */
  wrong: z.int().min(0),
  /** The response times by size, ms; null where the generator does not tell. */
  histogram: Histogram.nullable(),
  burst: BurstResult.nullable(),
  silent: SilentResult.nullable(),
};

/** What only a generator tells that follows each request: k6's script and our own client. */
const traced = {
  /** Of `completedInWindow`, those that arrived in each third of the window. */
  completedByThird: z.tuple([z.int(), z.int(), z.int()]),
  /** TCP connections the generator opened for measured requests. */
  connections: z.int().min(0),
  /** Actual start of the request minus its intended start, ms. */
  schedulingLag: Trend,
  /**
   * Time before the right responses' requests could be sent, summed over them, in ms: opening the connection, and waiting
   * for SYNs that were dropped and sent again; and how many of them waited so.
   */
  openingMs: z.number().min(0),
  resendingMs: z.number().min(0),
  resent: z.int().min(0),
  /** Sum over the right responses of the moments at which they were complete, in ms since the window's start. */
  endedAtMs: z.number(),
};

/** Of a generator that follows each request. */
export const TracedLoad = z.strictObject({
  ...counted,
  ...traced,
  /** Scheduling lag + blocked + duration of right responses, ms: free of coordinated omission. */
  responseTime: Trend,
});
export type TracedLoad = z.infer<typeof TracedLoad>;

/** What a load generator saw. A figure that it does not tell is null: a closed loop's knows sums, not requests. */
export const LoadResult = z.strictObject({
  ...counted,
  completedByThird: traced.completedByThird.nullable(),
  connections: traced.connections.nullable(),
  schedulingLag: traced.schedulingLag.nullable(),
  openingMs: traced.openingMs.nullable(),
  resendingMs: traced.resendingMs.nullable(),
  resent: traced.resent.nullable(),
  endedAtMs: traced.endedAtMs.nullable(),
  responseTime: Trend.extend({ min: z.number().nullable() }),
});
export type LoadResult = z.infer<typeof LoadResult>;

/** Does the generator tell of each request? Then none of these figures is null. */
export function isTraced(load: LoadResult): load is TracedLoad {
  return load.schedulingLag !== null;
}
