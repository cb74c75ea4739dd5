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
});
export type LoadResult = z.infer<typeof LoadResult>;
