import type { Replicate } from '@acceptbench/results/replicate';
import { toExportedFigures } from './figures.ts';

/**
 * Bencher's two built-in measures, with the units it has for them; every other measure it makes by its name when it first comes,
 * so its unit is in the name (https://bencher.dev/docs/reference/bencher-metric-format).
 */
const builtIn: Readonly<Record<string, { readonly measure: string; readonly factor: number }>> = {
  completed: { measure: 'throughput', factor: 1 },
  mean: { measure: 'latency', factor: 1e6 },
};

/**
 * Bencher Metric Format, as JSON with a newline: benchmarks are cells; a value is the median of the valid replicates, its lower
 * and upper value their range.
 */
export function renderBencher(replicates: readonly Replicate[]): string {
  const byCell = Map.groupBy(toExportedFigures(replicates), ({ cellId }) => cellId);
  const benchmarks = [...byCell].map(([cellId, figures]) => {
    const measures = figures.map(({ metric, figure }) => {
      const { measure, factor } = builtIn[metric.key] ?? { measure: slugOf(metric), factor: 1 };
      const { median, min, max } = figure;
      return [measure, { value: median * factor, lower_value: min * factor, upper_value: max * factor }];
    });
    return [cellId, Object.fromEntries(measures)];
  });
  return `${JSON.stringify(Object.fromEntries(benchmarks), null, 2)}\n`;
}

/** Such as `p99-response-time-ms`. */
function slugOf({ name, unit }: { readonly name: string; readonly unit: string }): string {
  return `${name} ${unit}`.toLowerCase().replaceAll(/[^a-z0-9]+/g, '-');
}
