import * as z from 'zod';

/** The HTTP interface a server is written against: the runtime's own, or one shared `node:http` file. */
export const Api = z.enum(['native', 'node-http']);
export type Api = z.infer<typeof Api>;

/**
 * Who accepts and who computes.
 * `inline`: one accept loop that also computes. `offload`: one accept loop and W CPU workers.
 * `reuseport`: N accept loops, each its own SO_REUSEPORT listener, computing inline.
 * `reuseport-offload`: N accept loops and W shared CPU workers. `prefork`: N processes on one port.
 */
export const Topology = z.enum(['inline', 'offload', 'reuseport', 'reuseport-offload', 'prefork']);
export type Topology = z.infer<typeof Topology>;

/** `close`: one request per connection. `keep-alive`: connections are used again. */
export const Policy = z.enum(['close', 'keep-alive']);
export type Policy = z.infer<typeof Policy>;

/** The CPU work of one request: a kind and its iterations. `none` has zero iterations. */
export const Work = z.strictObject({
  kind: z.enum(['format', 'wasm', 'none']),
  iterations: z.int().min(0),
});
export type Work = z.infer<typeof Work>;

const warmup = {
  /** Seconds of warm-up, apart from the measurement; its rate is `warmupRatePerSecond`. */
  warmupSeconds: z.number().min(0),
  warmupRatePerSecond: z.number().min(0),
  /** Length of the measured window in seconds. */
  durationSeconds: z.number().positive(),
};

/** What k6 offers: arrivals at a constant rate, whatever the server answers (an open model). */
export const ArrivalLoad = z.strictObject({
  kind: z.literal('constant-arrival-rate'),
  /** Arrivals per second in the measured window. */
  ratePerSecond: z.number().positive(),
  /** `ratePerSecond` as a multiple of the ceiling the plan assumed; absent when the rate was given outright. */
  ofCeiling: z.number().positive().optional(),
  /** True where the point is to find out what the server takes: overload is then no failed gate, below the ceiling either. */
  mayOverload: z.boolean().optional(),
  /** Connections that are opened before the window, say nothing, and stay until it has ended; absent: none. */
  silentConnections: z.int().min(1).optional(),
  ...warmup,
});
export type ArrivalLoad = z.infer<typeof ArrivalLoad>;

/** Many connections at one instant, one request each, beside one normal request at a time. Not k6's: a client of ours. */
export const BurstLoad = z.strictObject({
  kind: z.literal('burst'),
  connections: z.int().min(1),
  ...warmup,
});
export type BurstLoad = z.infer<typeof BurstLoad>;

/** So many connections, each with one request outstanding at all times (a closed model): a second generator's cross-check. */
export const ClosedLoad = z.strictObject({
  kind: z.literal('closed-loop'),
  generator: z.enum(['wrk', 'oha']),
  connections: z.int().min(1),
  ...warmup,
});
export type ClosedLoad = z.infer<typeof ClosedLoad>;

export const Load = z.discriminatedUnion('kind', [ArrivalLoad, BurstLoad, ClosedLoad]);
export type Load = z.infer<typeof Load>;

/** One point of an experiment. Two replicates belong together when their cells have the same `id`. */
export const Cell = z.strictObject({
  /** Made of the other fields, safe as a file name: `node-native-inline-w1-close-wasm-1.3x`, with `@a` or `@b` behind it in an A/A run. */
  id: z.string().regex(/^[A-Za-z0-9@._+-]+$/),
  /** A server's name, or one with a version of its runtime: `node`, `node@24.1.0`. */
  runtime: z.string(),
  api: Api,
  topology: Topology,
  /** Threads or processes that compute: 1 for `inline`, W for the offloading topologies, N for `reuseport` and `prefork`. */
  workers: z.int().min(1),
  /** Accept loops: 1 for `inline` and `offload`, N for `reuseport` and `prefork`, a number of its own for `reuseport-offload`. */
  listeners: z.int().min(1),
  work: Work,
  policy: Policy,
  /** The listen argument asked for, in connections; absent leaves the runtime's default. */
  backlog: z.int().min(1).optional(),
  /** net.core.somaxconn of the replicate's namespace, in connections; absent leaves the kernel's default. */
  somaxconn: z.int().min(1).optional(),
  /** Jobs that may wait in the offload queue; a request beyond that is shed with 503. Absent: without limit. */
  queueLimit: z.int().min(0).optional(),
  /** In an A/A run every cell runs under two names, to show how far apart equal things come out. */
  arm: z.enum(['a', 'b']).optional(),
  load: Load,
});
export type Cell = z.infer<typeof Cell>;

/** Arrivals per second that a cell is offered; null for a load that has no such rate. */
export function offeredPerSecond({ load }: Pick<Cell, 'load'>): number | null {
  return load.kind === 'constant-arrival-rate' ? load.ratePerSecond : null;
}
