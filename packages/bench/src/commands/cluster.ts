import type { Command } from 'commander';
import { addCollectCommand } from '../cluster/collect.ts';
import { addRenderCommand } from '../cluster/render.ts';

/** `acceptbench cluster`: the same experiment on Kubernetes, with k6-operator. Each of its commands is in `cluster/`. */
export function addClusterCommand(cli: Command): void {
  const cluster = cli
    .command('cluster')
    .description('the same experiment on Kubernetes: more generators than one machine has');
  addRenderCommand(cluster);
  addCollectCommand(cluster);
}
