import { Cell } from '@acceptbench/results/cell';
import { Run } from '@acceptbench/results/run';
import * as z from 'zod';

/** The plan's name in the folder that `cluster render` writes. */
export const planFile = 'plan.json';

/** A replicate as the cluster knows it. */
const PlannedOnCluster = z.strictObject({
  /** 1-based place in the plan's order: the order in which replicates are to be applied. */
  order: z.int().min(1),
  block: z.int().min(1),
  attempt: z.int().min(1),
  /** Its cell's `id`, one of the plan's cells. */
  cell: z.string(),
  /** Its folder of manifests, beside the plan: `replicates/001-b1-node-native-…`. */
  folder: z.string(),
  /** The name of its TestRun: k6-operator makes it the tag `testrun_name` of all its runners' series. */
  testRun: z.string(),
});

/**
 * `plan.json`, what `cluster render` has written manifests of and `cluster collect` looks for in Prometheus. What it shares
 * with `run.json` is as it is there. Series of a replicate have the labels `job="acceptbench"`, `run` (the plan's `id`), `cell`,
 * `block`, `attempt`, `runtime`, `api` and `topology`, whoever they come from; those of a runner of k6 `instance_id` beside, from 1.
 */
export const ClusterPlan = z.strictObject({
  ...Run.pick({
    schemaVersion: true,
    id: true,
    name: true,
    command: true,
    seed: true,
    commit: true,
    acceptbenchVersion: true,
    experiment: true,
    /** Of works with a target, as the run of `--work-of` found them; empty where iterations are nominal, which nobody timed. */
    calibrations: true,
  }).shape,
  /** Those that are run; what a cluster does not offer is in `notOffered`. */
  cells: z.array(Cell),
  notOffered: z.array(z.strictObject({ cell: Cell, reason: z.string() })),
  replicates: z.array(PlannedOnCluster),
  cluster: z.strictObject({
    namespace: z.string(),
    /** Runners of k6, each with its share of the arrivals and of the virtual users. */
    parallelism: z.int().min(1),
    /** CPUs of each server's container, requested and allowed: what the ceiling counts on. */
    serverCpus: z.int().min(1),
    /** Where the team's Prometheus is, for whoever is in the cluster; without credentials. */
    prometheus: z.url(),
    /** Seconds between two scrapes of the server and of the probe. */
    scrapeSeconds: z.number().positive(),
    /** Seconds between two pushes of k6. */
    pushSeconds: z.number().positive(),
    /** Image of each part: runtimes by their names, `probe`, `k6`. */
    images: z.record(z.string(), z.string()),
    /** Version of each runtime and of k6, as the images have them. */
    versions: z.record(z.string(), z.string()),
  }),
});
export type ClusterPlan = z.infer<typeof ClusterPlan>;
