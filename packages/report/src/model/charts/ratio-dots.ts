import type { RatioSummary } from '../../statistics/ratio.ts';
import { formatRatio } from '../../text/number.ts';
import type { DotRow } from '../chart.ts';

/** No dot is drawn further out than this, so that one outlier does not press the others together. */
const furthest = 16;

/** A ratio's centre, and its interval or range; null where there is none. */
export function spanOf(ratio: RatioSummary): {
  center: number | null;
  low: number | null;
  high: number | null;
} {
  switch (ratio.state) {
    case 'none':
      return { center: null, low: null, high: null };
    case 'range':
      return { center: ratio.median, low: ratio.min, high: ratio.max };
    case 'interval':
      return { center: ratio.estimate, low: ratio.low, high: ratio.high };
  }
}

/** A ratio as a dot and its interval. One that is too far out has neither, and `furtherOut` says what it is. */
export function toDot(
  ratio: RatioSummary,
): Pick<DotRow, 'value' | 'low' | 'high'> & { readonly furtherOut: string } {
  const { center, low, high } = spanOf(ratio);
  if (center === null) return { value: null, low: null, high: null, furtherOut: '' };
  if (center > furthest || center < 1 / furthest) {
    return { value: null, low: null, high: null, furtherOut: `${formatRatio(center)} × ` };
  }
  const within = (value: number | null) =>
    value === null ? null : Math.min(furthest, Math.max(1 / furthest, value));
  return { value: center, low: within(low), high: within(high), furtherOut: '' };
}

/** Ends of an axis that holds all dots, as far below 1 as above it. */
export function toReach(rows: readonly Pick<DotRow, 'low' | 'high'>[]): { min: number; max: number } {
  const reach = Math.max(1.1, ...rows.flatMap(({ low, high }) => [1 / (low ?? 1), high ?? 1]));
  const max = Math.min(furthest, reach * 1.05);
  return { min: 1 / max, max };
}
