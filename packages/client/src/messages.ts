import { TracedLoad } from '@acceptbench/results/load';
import * as z from 'zod';

const target = {
  /** Scheme, host and port: `http://127.0.0.1:8080`. */
  baseUrl: z.url(),
};

/** Many connections at one instant, with one request each. */
export const BurstTask = z.strictObject({
  kind: z.literal('burst'),
  ...target,
  route: z.string().startsWith('/'),
  connections: z.int().min(1),
  /** Before the instant: normal requests, one at a time, at this rate; and then nothing for `gapSeconds`, so that the server is empty. */
  warmupSeconds: z.number().positive(),
  warmupRatePerSecond: z.number().positive(),
  gapSeconds: z.number().min(0),
  /** Length of the window that begins with the instant. */
  durationSeconds: z.number().positive(),
  /** A response later than this is an error. */
  timeoutSeconds: z.number().positive(),
  /** The exact body of a right response. */
  expectedBody: z.string(),
  /** True where the server may shed with 503. */
  sheds: z.boolean(),
});
export type BurstTask = z.infer<typeof BurstTask>;

/** Connections that say nothing until the process is told to end (SIGTERM). */
export const SilentTask = z.strictObject({
  kind: z.literal('silent'),
  ...target,
  connections: z.int().min(1),
});
export type SilentTask = z.infer<typeof SilentTask>;

/** What the client is started with, as JSON in its one argument. */
export const Task = z.discriminatedUnion('kind', [BurstTask, SilentTask]);
export type Task = z.infer<typeof Task>;

/** What the client says, a line of JSON each on stdout. */
export const Said = z.discriminatedUnion('event', [
  /** The burst is over, with all that came of it. */
  z.strictObject({ event: z.literal('burst'), load: TracedLoad }),
  /** So many silent connections stand; `why` one did not, where one did not. */
  z.strictObject({
    event: z.literal('opened'),
    /** Unix ms, before the first was opened. */
    openedFromMs: z.number(),
    connected: z.int().min(0),
    why: z.string().nullable(),
  }),
  /** The client was told to end; before that the server had closed so many of them. */
  z.strictObject({ event: z.literal('closed'), closedByServer: z.int().min(0) }),
]);
export type Said = z.infer<typeof Said>;
