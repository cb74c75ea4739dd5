import type { ListenLimits } from '@acceptbench/probe/listenLimit';
import { checkGates } from '@acceptbench/report/gates';
import type { Limits } from '@acceptbench/report/kernel';
import { toMeasurement } from '@acceptbench/report/measurement';
import type { LoadResult } from '@acceptbench/results/load';
import type { FailedReplicate, Replicate, ServerFacts } from '@acceptbench/results/replicate';
import type { Sample } from '@acceptbench/results/sample';
import { linkOf } from '../link.ts';
import type { ReplicateSpec } from './messages.ts';
import type { DrainedLine, ListeningLine } from './server.ts';

/** What was seen while a replicate was measured. */
export interface Measured {
  readonly load: LoadResult;
  readonly samples: Sample[];
  readonly samplerReport: { readonly late: number; readonly missed: number };
  readonly notMeasured: readonly string[];
}

export interface BooksInput extends Measured {
  readonly spec: ReplicateSpec;
  readonly common: Omit<FailedReplicate, 'outcome' | 'error' | 'phase' | 'serverTail'>;
  readonly facts: ListeningLine;
  readonly limits: ListenLimits;
  readonly drained: DrainedLine;
}

/** Makes the figures of a replicate, and judges by its gates whether they count. */
export function closeBooks(input: BooksInput): Replicate {
  const { spec, load, samples, samplerReport, drained } = input;
  const { accepted, closed } = drained;
  const measurement = toMeasurement({
    cell: spec.cell,
    load,
    samples,
    limits: toLimits(input),
    loadCores: spec.loadCores,
    isolation: spec.isolation.mode,
    link: linkOf(spec.isolation),
    drained: accepted === undefined || closed === undefined ? null : { accepted, closed },
    samplerReport,
    ...(process.platform === 'linux' ? {} : { kernelUnavailable: `${process.platform} does not show them` }),
  });
  const { runtime, version, api, topology, effectiveBacklog = null } = input.facts;
  const server: ServerFacts = { name: spec.manifest.name, runtime, version, api, topology, effectiveBacklog };
  const reasons = checkGates({
    cell: spec.cell,
    measurement,
    load,
    isolation: spec.isolation.mode,
    server,
    samples,
  });
  const result = {
    ...input.common,
    server,
    ...measurement,
    notMeasured: [...measurement.notMeasured, ...input.notMeasured],
  };
  return reasons.length === 0 ? { ...result, outcome: 'valid' } : { ...result, outcome: 'invalid', reasons };
}

/** Limits as the kernel shows them, or else what the server says of all its listeners together. */
function toLimits({ facts, limits }: BooksInput): Limits {
  if (limits.limits === null || limits.limits.length === 0) {
    return { total: facts.effectiveBacklog ?? null, each: [] };
  }
  return {
    total: limits.limits.reduce((sum, { limit }) => sum + limit, 0),
    each: limits.limits.flatMap(({ inode, limit }) => (inode === null ? [] : [{ inode, limit }])),
  };
}
