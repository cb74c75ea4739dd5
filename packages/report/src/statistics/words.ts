import { formatRatio } from '../text/number.ts';
import type { Comparison } from './compareCells.ts';

/** `1.05 × (1.02 to 1.08, 95 %, n = 20)`; under six blocks the median and the range. `–` without a ratio. */
export function ratioInWords({ ratio }: Pick<Comparison, 'ratio'>): string {
  switch (ratio.state) {
    case 'none':
      return '–';
    case 'range':
      return `${formatRatio(ratio.median)} × (range ${formatRatio(ratio.min)} to ${formatRatio(ratio.max)}, n = ${ratio.n})`;
    case 'interval': {
      const confidence = `${Number((ratio.confidence * 100).toPrecision(4))} %`;
      return `${formatRatio(ratio.estimate)} × (${formatRatio(ratio.low)} to ${formatRatio(ratio.high)}, ${confidence}, n = ${ratio.n})`;
    }
  }
}

/** The verdict as a clause, its state first: `faster: bun completed more requests than node, 1.05 × (…)`. */
export function verdictInWords(comparison: Comparison): string {
  const { base, head, metric, verdict, margin, ratio } = comparison;
  switch (verdict.state) {
    case 'faster':
    case 'slower': {
      const isUp = (verdict.state === 'faster') === (metric.better === 'more');
      const did = isUp ? metric.words.up : metric.words.down;
      return `${verdict.state}: ${head} ${did} than ${base}, ${ratioInWords(comparison)}`;
    }
    case 'equivalent':
      return `equivalent: ${head} is within ±${Number((margin * 100).toPrecision(3))} % of ${base} in ${metric.name}, ${ratioInWords(comparison)}`;
    case 'inconclusive': {
      const figures = ratio.state === 'none' ? '' : `: ${ratioInWords(comparison)}`;
      return `inconclusive: ${verdict.reason}${figures}`;
    }
  }
}
