import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Replicate } from '@acceptbench/results/replicate';
import type { Run } from '@acceptbench/results/run';
import { ClusterPlan, planFile } from '../src/cluster/plan.ts';

/** The plan that a run would have had on a cluster, where one runner and Prometheus' 250 ms are what it had. */
export function asPlan(run: Run, replicates: readonly Replicate[], url: string): ClusterPlan {
  const { startedAt: _, finishedAt: __, resumedAt: ___, interrupted: ____, settings: _____, ...rest } = run;
  const { cells, isolation: ______, placement: _______, environment, ...shared } = rest;
  return ClusterPlan.parse({
    ...shared,
    cells,
    notOffered: [],
    replicates: replicates.map(({ cell, block, order, attempt }) => ({
      order,
      block,
      attempt,
      cell: cell.id,
      folder: `replicates/${order}`,
      testRun: `acceptbench-${order}`,
    })),
    cluster: {
      namespace: 'acceptbench',
      parallelism: 1,
      serverCpus: environment.freeCores,
      prometheus: url,
      scrapeSeconds: 0.25,
      pushSeconds: 0.25,
      images: {},
      versions: environment.versions,
    },
  });
}

/** Writes it as `cluster render` does, and gives the folder back. */
export function writePlan(folder: string, plan: unknown): string {
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, planFile), JSON.stringify(plan));
  return folder;
}
