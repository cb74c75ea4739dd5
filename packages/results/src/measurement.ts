import * as z from 'zod';
import { BurstResult, Histogram, SilentResult } from './load.ts';

const perSecond = z.number().min(0);
const milliseconds = z.number();

/** Rates over the measured window. */
export const Rates = z.strictObject({
  /** Arrivals the load generator aimed at: the plan's rate; null for a load without one. */
  offeredPerSecond: perSecond.nullable(),
  /** Connections taken off the accept queue within the window, from the kernel; null where the kernel does not say. */
  acceptedPerSecond: perSecond.nullable(),
  /** Correct responses that had arrived at the client within the window. */
  completedPerSecond: perSecond,
});
export type Rates = z.infer<typeof Rates>;

/** One listener's queue, over the same spans as all of them together. */
export const Listener = z.strictObject({
  /** `127.0.0.1:8080`; the inode tells two on one address apart. */
  address: z.string(),
  inode: z.int().min(0),
  /** Effective backlog; null where nobody says. */
  limit: z.int().min(0).nullable(),
  /** Null where it was read too seldom for these two, as Prometheus may; the integral is exact all the same. */
  mean: z.number().min(0).nullable(),
  max: z.int().min(0).nullable(),
  connectionSeconds: z.number().min(0),
});
export type Listener = z.infer<typeof Listener>;

/** The accept queue over the measured window and until it was empty again. */
export const AcceptQueue = z.strictObject({
  /** Time-weighted mean number of connections waiting, over the measured window; and the most that was seen. Null as of a listener. */
  mean: z.number().min(0).nullable(),
  max: z.int().min(0).nullable(),
  /** Effective backlog: the sum over the server's listeners. The kernel lets in one more for each. Null where nobody says. */
  limit: z.int().min(1).nullable(),
  /** Connections refused a place (ListenOverflows), from window start to empty; null where the kernel does not count them. */
  overflows: z.int().min(0).nullable(),
  /** Integral of the queue from window start to empty, in connection-seconds: the sum of all waits in it (Little's law). */
  connectionSeconds: z.number().min(0),
  /** Samples the figures rest on; how many of these came more than half a period late; and how many were not taken. */
  samples: z.int().min(0),
  lateSamples: z.int().min(0),
  missedSamples: z.int().min(0),
  /** Each listener by itself, so that imbalance is seen. */
  listeners: z.array(Listener),
});
export type AcceptQueue = z.infer<typeof AcceptQueue>;

/** Response time = scheduling lag + blocked + duration, in ms, over all responses of the window (n = `requests.completed`). */
export const ResponseTime = z.strictObject({
  mean: milliseconds,
  p50: milliseconds,
  p90: milliseconds,
  p99: milliseconds,
  max: milliseconds,
});
export type ResponseTime = z.infer<typeof ResponseTime>;

/**
 * A request's way, in order. `client-lag`: the generator's own. `resend`: what a full accept queue dropped, a SYN or a deferred request, and was sent again.
 * `process`: accepted and not yet started. `reply`: computed, until the client has read it.
 */
export const StageName = z.enum([
  'client-lag',
  'resend',
  'accept-queue',
  'process',
  'offload-queue',
  'work',
  'reply',
]);
export type StageName = z.infer<typeof StageName>;

/** The mean time one request spent in a stage, and where that figure comes from. */
export const Stage = z.strictObject({
  stage: StageName,
  meanMs: milliseconds,
  source: z.string(),
  /** True for what is left of the response time when the other stages are taken away: not measured by itself. */
  isRest: z.boolean(),
});
export type Stage = z.infer<typeof Stage>;

export const LawName = z.enum([
  'requests',
  'requests-started',
  'requests-ended',
  'connections-opened',
  'connections-accepted',
  'connections-closed',
  'silent-opened',
  'little-accept-queue',
  'little-offload-queue',
  'little-handler',
  'ceiling',
  'stages',
]);
export type LawName = z.infer<typeof LawName>;

/** One entry of the books: two figures from different sources that must agree. */
export const Book = z.strictObject({
  law: LawName,
  /** What stands on either side, in words. */
  says: z.string(),
  left: z.number(),
  right: z.number(),
  /** left − right; for the ceiling, which is a bound, how far left is above right, 0 when it is not. */
  residual: z.number(),
  unit: z.string(),
  /** The largest |residual| with which it holds. */
  tolerance: z.number().min(0),
  holds: z.boolean(),
});
export type Book = z.infer<typeof Book>;

/** What the kernel counted from window start to empty; null where it does not count it. In a namespace, this server's alone. */
export const KernelDeltas = z.strictObject({
  /** SYNs or SYN-ACKs sent again (TCPSynRetrans). */
  synRetrans: z.int().min(0).nullable(),
  /** Connections or SYNs dropped for want of a place, for whatever reason (ListenDrops). */
  listenDrops: z.int().min(0).nullable(),
  /** SYNs that found the queue of unfinished handshakes full: dropped, and answered with a cookie. */
  reqQFullDrop: z.int().min(0).nullable(),
  reqQFullDoCookies: z.int().min(0).nullable(),
  /** Final ACKs without data that a deferring listener (TCP_DEFER_ACCEPT) ignored. */
  deferAcceptDrop: z.int().min(0).nullable(),
});
export type KernelDeltas = z.infer<typeof KernelDeltas>;

export const Requests = z.strictObject({
  /** Requests the generator started in the window; of a closed loop, those that it counted. */
  started: z.int().min(0),
  /** Arrivals that were not started for want of virtual users. */
  dropped: z.int().min(0),
  /** Right responses: status, headers and body as expected. */
  completed: z.int().min(0),
  /** No response, or a wrong one. */
  failed: z.int().min(0),
  /** Answered with 503 by a server that sheds. */
  shed: z.int().min(0),
  /** Mean response time of these, ms; null without any. */
  shedMeanMs: milliseconds.nullable(),
});
export type Requests = z.infer<typeof Requests>;

/** Memory and open descriptors of the server: the most that was seen; null where the OS does not say. */
export const Peak = z.strictObject({
  serverRssBytes: z.int().min(0).nullable(),
  serverDescriptors: z.int().min(0).nullable(),
  /** Connections whose handshake was not complete (SYN-RECV); null where it was not counted. */
  halfOpen: z.int().min(0).nullable(),
});
export type Peak = z.infer<typeof Peak>;

/** CPU time in seconds over the measured window and until the server was idle; null where the OS does not say. */
export const Cpu = z.strictObject({
  serverSeconds: z.number().min(0).nullable(),
  loadSeconds: z.number().min(0).nullable(),
  /** Of `loadSeconds`, those within the window; and the cores that the load generator may use. */
  loadSecondsInWindow: z.number().min(0).nullable(),
  loadCores: z.int().min(1),
  /** Time in which a thread could have run and no core was free, summed over threads (schedstat), over the same span. */
  serverRunQueueSeconds: z.number().min(0).nullable(),
  loadRunQueueSeconds: z.number().min(0).nullable(),
  /** CPU time that the hypervisor gave to others, over all cores, and time in which some task waited for a core (PSI). */
  stealSeconds: z.number().min(0).nullable(),
  pressureSeconds: z.number().min(0).nullable(),
  /** Length of the span both were taken over, in seconds. */
  spanSeconds: z.number().min(0),
});
export type Cpu = z.infer<typeof Cpu>;

export const Measurement = z.strictObject({
  /** Start of the measured window, Unix ms. */
  windowStartMs: z.number(),
  rates: Rates,
  /** Null where the OS does not show accept queues; `notMeasured` says why. */
  acceptQueue: AcceptQueue.nullable(),
  responseTimeMs: ResponseTime,
  /** The response times by size, ms; null where the generator does not tell. */
  responseHistogram: Histogram.nullable(),
  stages: z.array(Stage),
  /** The response time's mean less the sum of the stages, ms; null where a stage is the rest, or one is missing. */
  residualMs: milliseconds.nullable(),
  /** Every law that could be checked here. */
  books: z.array(Book),
  kernel: KernelDeltas,
  requests: Requests,
  /** Null for a generator that starts a request when it has a response, and so has no plan to be late for. */
  schedulingLagMs: z.strictObject({ mean: milliseconds, p99: milliseconds, max: milliseconds }).nullable(),
  /** CPU workers / mean service time within the window as the server measured it; null where it does not say, or does no work. */
  ceilingPerSecond: z.number().positive().nullable(),
  /** Mean of the work's service time, ms, and its n; null where the server does not say. */
  serviceTimeMs: z.strictObject({ mean: milliseconds, n: z.int().min(0) }).nullable(),
  cpu: Cpu,
  peak: Peak,
  /** Mean service time in each third of the window, ms; null where the server does not say. */
  serviceTimeByThirdMs: z.tuple([milliseconds, milliseconds, milliseconds]).nullable(),
  /** From the burst until every connection of it was accepted, ms, as the kernel shows; and what its client saw. Null for other loads. */
  burst: z.strictObject({ acceptedMs: milliseconds.nullable(), ...BurstResult.shape }).nullable(),
  silent: SilentResult.nullable(),
  /** What could not be measured here, a sentence each. */
  notMeasured: z.array(z.string()),
});
export type Measurement = z.infer<typeof Measurement>;
