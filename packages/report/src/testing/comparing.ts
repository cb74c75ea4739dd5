import type { Cell } from '@acceptbench/results/cell';
import type { Replicate } from '@acceptbench/results/replicate';
import type { Run } from '@acceptbench/results/run';
import { type CompareReport, compareRuns } from '../compare/comparison.ts';
import { environmentDifferences } from '../compare/environment.ts';
import { metrics } from '../compare/metrics.ts';
import { type ComparedRun, type Matched, matchRuns } from '../compare/runs.ts';
import { aRun } from './builders.ts';

const defaultMetrics = metrics.filter(({ isDefault }) => isDefault);

export function aComparedRun(
  label: string,
  cells: Cell[],
  replicates: readonly Replicate[],
  change: Partial<Run> = {},
): ComparedRun {
  return { label, run: aRun(cells, { id: `run-of-${label}`, ...change }), replicates };
}

/** Two or more runs as the command compares them. */
export function compareAll(
  [base, ...heads]: readonly [ComparedRun, ...ComparedRun[]],
  margin = 0.03,
): CompareReport {
  const matches = heads.map((head) => ({
    ...matchRuns(base, head),
    differences: environmentDifferences(base.run, head.run),
  }));
  return compareRuns({
    base,
    baseLabel: base.label,
    matches,
    metrics: defaultMetrics,
    pairing: 'none',
    margin,
    notes: [],
  });
}

/** Cells of one run. */
export function comparePaired(run: ComparedRun, match: Matched, margin = 0.03): CompareReport {
  return compareRuns({
    base: run,
    baseLabel: match.pairs[0]?.baseSide.name ?? '',
    matches: [{ ...match, differences: [] }],
    metrics: defaultMetrics,
    pairing: 'blocks',
    margin,
    notes: [],
  });
}
