import type { Replicate } from '@acceptbench/results/replicate';
import type { Run } from '@acceptbench/results/run';
import { counted, formatNumber } from '../text/number.ts';
import { toPlainLine } from '../text/plain.ts';
import { toExportedFigures } from './figures.ts';

/**
 * The action takes one direction a file: `tool: customBiggerIsBetter` or `tool: customSmallerIsBetter`
 * (https://github.com/benchmark-action/github-action-benchmark).
 */
export type BenchmarkTool = 'customBiggerIsBetter' | 'customSmallerIsBetter';

/** An array of `{name, unit, value, range, extra}`, as JSON with a newline: the figures of which `tool` says the direction. */
export function renderGithubActionBenchmark(
  run: Run,
  replicates: readonly Replicate[],
  tool: BenchmarkTool,
): string {
  const better = tool === 'customBiggerIsBetter' ? 'more' : 'less';
  const entries = toExportedFigures(replicates)
    .filter(({ metric }) => metric.better === better)
    .map(({ cellId, metric, figure, of, versions }) => ({
      // Entries of one name are one line in its chart.
      name: `${cellId}: ${metric.name}`,
      unit: metric.unit,
      value: figure.median,
      range: `${formatNumber(figure.min)} to ${formatNumber(figure.max)}`,
      extra: [
        `median of ${counted(figure.n, 'valid replicate')} of ${of}`,
        `version ${versions.map(toPlainLine).join(', ')}`,
        `run ${toPlainLine(run.id)}`,
      ].join('\n'),
    }));
  return `${JSON.stringify(entries, null, 2)}\n`;
}
