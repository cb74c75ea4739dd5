import { holm } from './holm.ts';
import { leastBlocks, type Ratio, type RatioSummary } from './ratio.ts';

/** Which way of a figure is the better one. */
export type Direction = 'more' | 'less';

/**
 * `faster`: the ratio differs from 1, to the better, and its interval reaches beyond the margin. `slower`: likewise, to the worse.
 * `equivalent`: the ratio is within the margin, whether it differs from 1 or not. `inconclusive`: neither is shown. "Differs" and
 * "is within" hold for a whole family of comparisons at once.
 */
export type Verdict =
  | {
      readonly state: 'faster' | 'slower';
      /** True when the whole interval is beyond the margin: at least that much. */
      readonly isBeyondMargin: boolean;
    }
  | { readonly state: 'equivalent' }
  | {
      readonly state: 'inconclusive';
      readonly cause: 'too-few-blocks' | 'not-positive' | 'too-wide' | 'not-after-holm';
      /** A clause without a full stop: `needs 6 blocks, has 3`. */
      readonly reason: string;
    };

/** Two-sided p-values: that the ratio is 1, and that it is as far off as the margin or further. */
export type PValues = { readonly different: number; readonly equivalent: number };

/** p-values of one comparison by itself; null where there is no interval. A margin of 0.03 is ±3 %: from 1 / 1.03 to 1.03. */
export function toPValues({ pivot }: Ratio, margin: number): PValues | null {
  if (pivot === null) return null;
  const bound = logMargin(margin);
  const inside = Math.abs(pivot.estimate) < bound;
  const equivalent = inside ? Math.max(pivot.pAgainst(-bound), pivot.pAgainst(bound)) : 1;
  return { different: pivot.pAgainst(0), equivalent };
}

/** Holm's adjustment over the comparisons that have p-values; "different" and "equivalent" are a family each. */
export function adjustPValues(all: readonly (PValues | null)[]): (PValues | null)[] {
  const some = all.filter((each) => each !== null);
  const different = holm(some.map((each) => each.different));
  const equivalent = holm(some.map((each) => each.equivalent));
  let next = 0;
  return all.map((each) => {
    if (each === null) return null;
    const adjusted = { different: different[next] ?? 1, equivalent: equivalent[next] ?? 1 };
    next += 1;
    return adjusted;
  });
}

/**
 * `within`: the ratio is within the margin. `differs`: it is not 1, and its own interval reaches beyond the margin. Both hold
 * after Holm's adjustment.
 */
export function judge(own: PValues, adjusted: PValues, confidence: number): 'within' | 'differs' | 'neither' {
  const alpha = 1 - confidence + 1e-12;
  if (adjusted.equivalent <= alpha) return 'within';
  return adjusted.different <= alpha && own.equivalent > alpha ? 'differs' : 'neither';
}

export type VerdictInput = {
  readonly ratio: RatioSummary;
  readonly better: Direction;
  readonly margin: number;
  readonly confidence: number;
  /** Its own, and after Holm's adjustment over `familySize` comparisons. */
  readonly pValues: PValues | null;
  readonly adjusted: PValues | null;
  readonly familySize: number;
};

export function toVerdict(input: VerdictInput): Verdict {
  const { ratio, pValues, adjusted } = input;
  if (ratio.state !== 'interval' || pValues === null || adjusted === null) {
    const has = ratio.state === 'range' ? ratio.n : 'none';
    const reason = `needs ${leastBlocks} blocks, has ${has}`;
    return { state: 'inconclusive', cause: 'too-few-blocks', reason };
  }
  const found = judge(pValues, adjusted, input.confidence);
  if (found === 'within') return { state: 'equivalent' };
  if (found === 'differs') {
    const state = ratio.estimate > 1 === (input.better === 'more') ? 'faster' : 'slower';
    const most = 1 + input.margin;
    return { state, isBeyondMargin: ratio.low > most || ratio.high < 1 / most };
  }
  const alone = judge(pValues, pValues, input.confidence);
  if (alone !== 'neither') {
    const shown = alone === 'within' ? 'is within the margin' : 'differs from 1';
    const reason = `by itself the ratio ${shown}, but not after Holm's adjustment for ${input.familySize} comparisons`;
    return { state: 'inconclusive', cause: 'not-after-holm', reason };
  }
  const reason = `the interval holds 1 and reaches beyond the margin of ±${percent(input.margin)}`;
  return { state: 'inconclusive', cause: 'too-wide', reason };
}

function logMargin(margin: number): number {
  if (!(margin > 0 && Number.isFinite(margin))) {
    throw new RangeError(`margin: got ${margin}, accepted is above 0, such as 0.03 for ±3 %`);
  }
  return Math.log1p(margin);
}

function percent(share: number): string {
  return `${Number((share * 100).toPrecision(3))} %`;
}
