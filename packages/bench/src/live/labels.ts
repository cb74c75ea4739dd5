import { type RunLabels, runJob } from '@acceptbench/metrics/runCatalogue';
import type { Cell } from '@acceptbench/results/cell';

interface ReplicateName {
  readonly cell: Cell;
  readonly block: number;
  readonly attempt: number;
}

/** The labels of a replicate's series, the same whoever they come from. */
export function labelsOf({ cell, block, attempt }: ReplicateName, run: string, instance: string): RunLabels {
  const { id, runtime, api, topology } = cell;
  return {
    job: runJob,
    instance,
    run,
    cell: id,
    block: String(block),
    attempt: String(attempt),
    runtime,
    api,
    topology,
  };
}
