import { Api, Policy, Topology } from '@acceptbench/results/cell';
import * as z from 'zod';

/** An experiment as its file gives it: plain data that says which cells there are, not how they are run. */
export const Experiment = z.strictObject({
  name: z.string().regex(/^[a-z][a-z0-9-]*$/, 'lower-case letters, digits and dashes'),
  /** What it answers, in a sentence. */
  question: z.string().min(1),
  /** How to read what comes out. */
  howToRead: z.string().min(1),
  /** How often each cell is run, each time in a fresh process. */
  blocks: z.int().min(1).max(1000),
  /** Names of server manifests. */
  runtimes: z.array(z.string()).min(1),
  apis: z.array(Api).min(1),
  topologies: z
    .array(
      z.strictObject({
        topology: Topology,
        workers: z.int().min(1).max(256),
        /** Accept loops of `reuseport-offload`; absent: as many as workers. Of the others the topology says it. */
        listeners: z.int().min(1).max(256).optional(),
      }),
    )
    .min(1),
  /** The work of one request; its iterations are calibrated to this service time in ms. */
  work: z.strictObject({ kind: z.enum(['wasm', 'format']), targetMs: z.number().positive().max(1000) }),
  policies: z.array(Policy).min(1),
  /** net.core.somaxconn to sweep, which limits the backlog of every runtime; absent leaves the kernel's default. */
  somaxconns: z.array(z.int().min(1).max(65_535)).min(1).optional(),
  load: z.strictObject({
    /** Offered rates, as multiples of the ceiling. */
    ofCeiling: z.array(z.number().positive().max(100)).min(1),
    durationSeconds: z.number().positive().max(3600),
    warmupSeconds: z.number().min(0).max(600),
    /** Rate of the warm-up: low enough that the server is empty when it ends. */
    warmupOfCeiling: z.number().min(0).max(1),
  }),
});
export type Experiment = z.infer<typeof Experiment>;

/** Checks an experiment's data where it is written. @throws Error naming each field that is not accepted. */
export function defineExperiment(data: Experiment): Experiment {
  const parsed = Experiment.safeParse(data);
  if (parsed.success) return parsed.data;
  throw new Error(`experiment ${data.name}: ${z.prettifyError(parsed.error)}`);
}
