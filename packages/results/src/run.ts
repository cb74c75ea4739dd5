import * as z from 'zod';
import { Cell } from './cell.ts';
import { schemaVersion } from './schemaVersion.ts';

/** The machine and the software of a run. A figure that could not be read is null. */
export const Environment = z.strictObject({
  os: z.string(),
  kernel: z.string(),
  arch: z.string(),
  cpuModel: z.string(),
  cores: z.int().min(1),
  /** Cores the ceiling counts on: what is left beside the load generator. */
  freeCores: z.int().min(1),
  memoryBytes: z.number().nullable(),
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

/** What lies between two hosts, in each direction: delay in ms, and the share of packets that are lost, in percent. */
export const Link = z.strictObject({
  delayMs: z.number().min(0),
  lossPercent: z.number().min(0).max(100),
});
export type Link = z.infer<typeof Link>;

export const Isolation = z.discriminatedUnion('mode', [
  /**
   * Each replicate has a network namespace of its own: kernel counters are this server's alone. With a link the load generator
   * has another, as on a host of its own; absent: both share loopback.
   */
  z.strictObject({ mode: z.literal('namespace'), link: Link.optional() }),
  /** None, with the reason; kernel counters are the whole host's. */
  z.strictObject({ mode: z.literal('none'), reason: z.string() }),
]);
export type Isolation = z.infer<typeof Isolation>;

/** What a search looks for: the highest rate at which every one of these holds. */
export const Objective = z.strictObject({
  /** p99 of the response time, at most, in ms. No failure, no dropped arrival and no overflow is allowed besides. */
  p99Ms: z.number().positive(),
});
export type Objective = z.infer<typeof Objective>;

/** How many replicates there are to be. */
export const Design = z.discriminatedUnion('kind', [
  /** Every cell once in each block. */
  z.strictObject({
    kind: z.literal('blocks'),
    blocks: z.int().min(1),
    /** Blocks are added until each interval's half width is at most this share, or the time is spent; absent: `blocks` it is. */
    precision: z
      .strictObject({ share: z.number().positive(), budgetSeconds: z.number().positive() })
      .optional(),
  }),
  /** Rates are chosen as it goes, for each of the cells, which have the rate of the first step; steps at other rates add cells. */
  z.strictObject({
    kind: z.literal('search'),
    objectives: z.array(Objective).min(1),
    maxSteps: z.int().min(1),
  }),
]);
export type Design = z.infer<typeof Design>;

/** `run.json`: written when the run starts, and again when it ends (`finishedAt`). */
export const Run = z.strictObject({
  schemaVersion: z.literal(schemaVersion),
  id: z.string(),
  /** What its owner called it; absent without `--name`. */
  name: z.string().optional(),
  startedAt: z.iso.datetime(),
  /** Null while it runs, or when it was killed. */
  finishedAt: z.iso.datetime().nullable(),
  /** When it was taken up again after it had ended early. */
  resumedAt: z.array(z.iso.datetime()),
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
    /** `short` (minutes) or `full`. */
    form: z.enum(['short', 'full']),
    question: z.string(),
    howToRead: z.string(),
    design: Design,
  }),
  /** How replicates are run, whatever the plan is; absent in version 1. */
  settings: z
    .strictObject({
      /** How often a replicate that is invalid for a cause of the machine is run again, at most. */
      retries: z.int().min(0),
      /** TCP port of the servers; 0 lets the kernel choose. */
      port: z.int().min(0),
      /** How long a server may take to listen. */
      startSeconds: z.number().positive(),
      /** Manifests of servers that are not acceptbench's own: absolute paths. */
      servers: z.array(z.string()),
    })
    .optional(),
  cells: z.array(Cell),
  isolation: Isolation,
  placement: Placement,
  /** One for each kind of work that has a target service time. */
  calibrations: z.array(Calibration),
  environment: Environment,
});
export type Run = z.infer<typeof Run>;
