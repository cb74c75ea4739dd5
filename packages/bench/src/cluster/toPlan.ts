import { createHash } from 'node:crypto';
import type { Cell } from '@acceptbench/results/cell';
import type { Run } from '@acceptbench/results/run';
import { schemaVersion } from '@acceptbench/results/schemaVersion';
import { UsageError } from '../exitCodes.ts';
import { toCells } from '../experiments/cells.ts';
import { blockOrders } from '../plan.ts';
import { notOfferedByManifest } from '../run/offer.ts';
import { acceptbenchVersion } from '../version.ts';
import { notOfferedByCluster } from './offer.ts';
import type { ClusterPlan } from './plan.ts';
import type { RenderOptions } from './renderFlags.ts';
import { clusterWorks } from './works.ts';

/** As `setup/pod-monitor.yaml` and `base/load.yaml` have them. */
const scrapeSeconds = 5;
const pushSeconds = 1;

/** What is around the plan: who made it, of which versions. */
export interface Made {
  readonly command: readonly string[];
  readonly commit: Run['commit'];
  readonly images: Readonly<Record<string, string>>;
  readonly versions: Readonly<Record<string, string>>;
}

/**
 * The plan of an experiment on a cluster, which depends on nothing but its arguments.
 *
 * @throws UsageError where nothing in it can be run on a cluster
 */
export function toClusterPlan(options: RenderOptions, made: Made): ClusterPlan {
  const { experiment, form, shape, blocks, seed, name, parallelism, serverCpus } = options;
  const all = toCells(shape, {
    calibrations: clusterWorks(shape.works, options.knownWorks),
    cores: serverCpus,
    freeCores: serverCpus,
  });
  const notOffered = all.flatMap((cell) => {
    const reason = whyNotOffered(cell, options);
    return reason === null ? [] : [{ cell, reason }];
  });
  const cells = all.filter(({ id }) => notOffered.every(({ cell }) => cell.id !== id));
  if (cells.length === 0) {
    throw new UsageError(`${experiment.name}: a cluster can run none of its cells: ${notOffered[0]?.reason}`);
  }
  const plan: Omit<ClusterPlan, 'id'> = {
    schemaVersion,
    ...(name === null ? {} : { name }),
    command: [...made.command],
    seed,
    commit: made.commit,
    acceptbenchVersion,
    experiment: {
      name: experiment.name,
      question: experiment.question,
      howToRead: experiment.howToRead,
      form,
      design: { kind: 'blocks', blocks },
    },
    calibrations: [...options.knownWorks],
    cells,
    notOffered,
    replicates: toReplicates(cells, blocks, seed),
    cluster: {
      namespace: options.namespace,
      parallelism,
      serverCpus,
      prometheus: options.prometheus,
      scrapeSeconds,
      pushSeconds,
      images: { ...made.images },
      versions: { ...made.versions },
    },
  };
  return { id: idOf(experiment.name, plan), ...plan };
}

function whyNotOffered(cell: Cell, { servers, somaxconn }: RenderOptions): string | null {
  const server = servers.get(cell.runtime);
  return (
    (server === undefined ? null : notOfferedByManifest(server.manifest, cell)) ??
    notOfferedByCluster(cell, { somaxconn })
  );
}

/** Block after block, each in a random order of its own, as `acceptbench run` has them. */
function toReplicates(cells: readonly Cell[], blocks: number, seed: number): ClusterPlan['replicates'] {
  const orders = blockOrders(cells, seed);
  const total = cells.length * blocks;
  const width = Math.max(3, String(total).length);
  return Array.from({ length: blocks }, (_, index) => ({ block: index + 1, order: orders.next().value }))
    .flatMap(({ block, order }) => order.map((cell) => ({ block, cell: cell.id })))
    .map(({ block, cell }, index) => {
      const number = String(index + 1).padStart(width, '0');
      return {
        order: index + 1,
        block,
        attempt: 1,
        cell,
        folder: `replicates/${number}-b${block}-${cell}`,
        testRun: `acceptbench-${number}`,
      };
    });
}

/** The label `run` of all its series: two plans that differ in anything have two. */
function idOf(experiment: string, plan: Omit<ClusterPlan, 'id'>): string {
  const { command: _, commit: __, ...what } = plan;
  const hash = createHash('sha256').update(JSON.stringify(what)).digest('hex').slice(0, 8);
  return `cluster-${experiment}-${plan.seed}-${hash}`;
}
