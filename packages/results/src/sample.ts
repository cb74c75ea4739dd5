import * as z from 'zod';

/** One LISTEN socket of the server, as the kernel shows it. */
export const ListenerSample = z.strictObject({
  /** `127.0.0.1:8080` or `[::1]:8080`; the inode tells two SO_REUSEPORT listeners on one address apart. */
  address: z.string(),
  inode: z.int().min(0),
  /** Connections waiting to be accepted, now. */
  queue: z.int().min(0),
});
export type ListenerSample = z.infer<typeof ListenerSample>;

/**
 * What the kernel said at one moment. Counters are cumulative since boot of the host or since the namespace was made:
 * only differences mean anything.
 */
export const KernelSample = z.strictObject({
  kind: z.literal('kernel'),
  /** Unix time in ms, from a clock that does not step within a replicate. */
  atMs: z.number(),
  listeners: z.array(ListenerSample),
  counters: z.strictObject({
    passiveOpens: z.int().nullable(),
    listenOverflows: z.int().nullable(),
    listenDrops: z.int().nullable(),
    synRetrans: z.int().nullable(),
    reqQFullDrop: z.int().nullable(),
    reqQFullDoCookies: z.int().nullable(),
    deferAcceptDrop: z.int().nullable(),
  }),
});
export type KernelSample = z.infer<typeof KernelSample>;

/** What a process with its descendants has used so far; null where the OS does not say. */
export const ProcessUse = z.strictObject({
  cpuSeconds: z.number(),
  /** Time in which its threads could have run and no core was free, summed over the threads that live. */
  runQueueSeconds: z.number().nullable(),
  rssBytes: z.int().nullable(),
  descriptors: z.int().nullable(),
  /** `[CPU seconds, run-queue seconds]` of each living thread, by thread id. */
  threads: z.record(z.string(), z.tuple([z.number(), z.number()])),
});
export type ProcessUse = z.infer<typeof ProcessUse>;

/** The slower sample: what the processes and the host have used. Cumulative figures: only differences mean anything. */
export const CpuSample = z.strictObject({
  kind: z.literal('cpu'),
  atMs: z.number(),
  /** The wall clock at the same moment, Unix ms: it goes on while a machine sleeps, and `atMs` does not. */
  wallMs: z.number(),
  server: ProcessUse.nullable(),
  load: ProcessUse.nullable(),
  host: z.strictObject({
    /** CPU time of all cores that the hypervisor gave to others. */
    stealSeconds: z.number().nullable(),
    /** Time in which at least one task waited for a core (PSI, `some`). */
    pressureSeconds: z.number().nullable(),
  }),
  /** Connections of the server in SYN-RECV; null when they were not counted this time. */
  halfOpen: z.int().min(0).nullable(),
});
export type CpuSample = z.infer<typeof CpuSample>;

/** What the server's own metrics said: cumulative counters, by the name they have in its exposition, summed over threads. */
export const ServerSample = z.strictObject({
  kind: z.literal('server'),
  atMs: z.number(),
  values: z.record(z.string(), z.number()),
});
export type ServerSample = z.infer<typeof ServerSample>;

/** One line of `samples/<block>-<cell>.ndjson`. */
export const Sample = z.discriminatedUnion('kind', [KernelSample, CpuSample, ServerSample]);
export type Sample = z.infer<typeof Sample>;
