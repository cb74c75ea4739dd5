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
  }),
});
export type KernelSample = z.infer<typeof KernelSample>;

/** CPU seconds used so far by a process and all its threads. */
export const CpuSample = z.strictObject({
  kind: z.literal('cpu'),
  atMs: z.number(),
  server: z.number().nullable(),
  load: z.number().nullable(),
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
