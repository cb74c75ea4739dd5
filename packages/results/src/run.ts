import * as z from 'zod';
import { Cell } from './cell.ts';

/** The machine and the software of a run. A figure that could not be read is null. */
export const Environment = z.strictObject({
  os: z.string(),
  kernel: z.string(),
  arch: z.string(),
  cpuModel: z.string(),
  cores: z.int().min(1),
  /** Cores the ceiling counts on: what is left beside the load generator. */
  freeCores: z.int().min(1),
  memoryBytes: z.number(),
  /** Kernel settings that decide accept behaviour, as read inside the isolation. */
  sysctls: z.record(z.string(), z.string().nullable()),
  /** Largest number of open files, the soft limit; null where it could not be read. */
  openFiles: z.number().nullable(),
  /** Version of each runtime under test and of k6. */
  versions: z.record(z.string(), z.string()),
});
export type Environment = z.infer<typeof Environment>;

/** CPUs that a process and all it starts are confined to; null leaves the choice to the system. */
export const Placement = z.strictObject({
  server: z.array(z.int().min(0)).min(1).nullable(),
  load: z.array(z.int().min(0)).min(1).nullable(),
});
export type Placement = z.infer<typeof Placement>;

/** How the iterations that make the target service time were found. */
export const Calibration = z.strictObject({
  kind: z.enum(['format', 'wasm']),
  targetMs: z.number().positive(),
  iterations: z.int().min(1),
  /** Median service time at `iterations`, in ms, over `n` calls, and the inter-quartile range. */
  medianMs: z.number().positive(),
  iqrMs: z.number().min(0),
  n: z.int().min(1),
});
export type Calibration = z.infer<typeof Calibration>;

export const Isolation = z.discriminatedUnion('mode', [
  /** Each replicate has a network namespace of its own: kernel counters are this server's alone. */
  z.strictObject({ mode: z.literal('namespace') }),
  /** None, with the reason; kernel counters are the whole host's. */
  z.strictObject({ mode: z.literal('none'), reason: z.string() }),
]);
export type Isolation = z.infer<typeof Isolation>;

/** `run.json`: written when the run starts, and again when it ends (`finishedAt`). */
export const Run = z.strictObject({
  schemaVersion: z.literal(1),
  id: z.string(),
  startedAt: z.iso.datetime(),
  /** Null while it runs, or when it was killed. */
  finishedAt: z.iso.datetime().nullable(),
  /** True when Ctrl-C or a signal ended it before its plan was done. */
  interrupted: z.boolean(),
  /** The exact command: program and arguments. */
  command: z.array(z.string()),
  /** Seed of the random order, so that the plan can be made again. */
  seed: z.int().min(0),
  /** The commit of acceptbench itself, or null outside a git checkout. */
  commit: z.strictObject({ sha: z.string(), dirty: z.boolean() }).nullable(),
  acceptbenchVersion: z.string(),
  experiment: z.strictObject({
    name: z.string(),
    question: z.string(),
    howToRead: z.string(),
    blocks: z.int().min(1),
  }),
  cells: z.array(Cell),
  isolation: Isolation,
  placement: Placement,
  calibration: Calibration.nullable(),
  environment: Environment,
});
export type Run = z.infer<typeof Run>;
