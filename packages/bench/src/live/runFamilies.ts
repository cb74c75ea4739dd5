import type { Family } from '@acceptbench/metrics/families';
import { type RunMetric, runMetrics } from '@acceptbench/metrics/runCatalogue';
import type { Cell } from '@acceptbench/results/cell';

function family(metric: RunMetric, value: number | null, labels: Record<string, string> = {}): Family[] {
  const { name, help, type } = runMetrics[metric];
  return value === null ? [] : [{ name, help, type, series: [{ labels, value }] }];
}

/** That a run is on. */
export function runInfo(labels: Record<string, string>): Family[] {
  return family('runInfo', 1, labels);
}

/** What the runner itself knows of a replicate that is in this phase. */
export function replicateFamilies(cell: Cell, phase: string, loadCores: number): Family[] {
  return [
    ...family('replicatePhase', 1, { phase }),
    ...family('offered', offeredIn(phase, cell)),
    ...family('windowSeconds', cell.load.durationSeconds),
    ...family('loadCores', loadCores),
  ];
}

/** Arrivals per second aimed at; null where no rate is aimed at. */
function offeredIn(phase: string, { load }: Cell): number | null {
  if (load.kind !== 'constant-arrival-rate') return null;
  if (phase === 'warm up') return load.warmupRatePerSecond;
  return phase === 'measure' ? load.ratePerSecond : null;
}
