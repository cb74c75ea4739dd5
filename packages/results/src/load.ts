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

/** What a burst showed to the client that made it. Times in ms since the first connect was called. */
export const BurstResult = z.strictObject({
  connections: z.int().min(1),
  /** Connections whose handshake was done, and when the last of these was; null when none was. */
  connected: z.int().min(0),
  connectedMs: z.number().nullable(),
  /** Connections that were refused, reset, or timed out before their response. */
  refused: z.int().min(0),
  /** When the last response had come; null when none did. */
  drainedMs: z.number().nullable(),
  /** Mean response time of one normal request at a time before the burst, ms, and their number. */
  before: z.strictObject({ meanMs: z.number(), n: z.int().min(0) }),
  /** Response time of the first normal request sent right after the burst, ms; null when it had none. */
  nextMs: z.number().nullable(),
  /** From the burst until normal requests took no longer than twice what they took before; null when that was not seen. */
  recoveredMs: z.number().nullable(),
});
export type BurstResult = z.infer<typeof BurstResult>;

/** Connections that say nothing, as the client that holds them saw them. */
export const SilentResult = z.strictObject({
  asked: z.int().min(1),
  /** Of these, those that connected, and those that the server closed before the end of the window. */
  connected: z.int().min(0),
  closedByServer: z.int().min(0),
});
export type SilentResult = z.infer<typeof SilentResult>;

/** What the load generator saw in the measured window (and while what it started there came to its end). */
export const LoadResult = z.strictObject({
  /** k6's own start of the measured scenario, Unix ms. */
  windowStartMs: z.number(),
  /** Iterations started in the measured scenario. */
  started: z.int().min(0),
  /** Arrivals that found no free virtual user and never started. */
  dropped: z.int().min(0),
  /** Right responses: status, headers and body as expected. */
  completed: z.int().min(0),
  /** Right responses that had arrived before the window closed. */
  completedInWindow: z.int().min(0),
  /** Of `completedInWindow`, those that arrived in each third of the window. */
  completedByThird: z.tuple([z.int(), z.int(), z.int()]),
  /** Responses 503 of a server that sheds: neither completed nor wrong. 0 where the cell has no queue limit. */
  shed: z.int().min(0),
  /** Sum over shed responses of their response times, ms. */
  shedMs: z.number().min(0),
  /** Responses that never came (error, timeout). */
  errored: z.int().min(0),
  /** Responses that came and were wrong. */
  wrong: z.int().min(0),
  /** TCP connections the generator opened for measured requests. */
  connections: z.int().min(0),
  /** Actual start of the iteration minus its intended start, ms. */
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
  /** Scheduling lag + blocked + duration of right responses, ms: free of coordinated omission. */
  responseTime: Trend,
  /** The same values by size; null where the generator does not tell. */
  histogram: Histogram.nullable(),
  burst: BurstResult.nullable(),
  silent: SilentResult.nullable(),
});
export type LoadResult = z.infer<typeof LoadResult>;
