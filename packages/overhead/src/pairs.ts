/** Two things measured one right after the other, so that what the machine did at that time is in both. */
export interface Pair<T> {
  readonly ours: T;
  readonly other: T;
}

export type Side = keyof Pair<unknown>;

/**
 * Which side goes first in each pair: the order is reversed from pair to pair, so that neither always meets the machine
 * as the other left it.
 *
 * @throws {RangeError} when `pairs` is not a whole number from 1 on.
 */
export function alternate(pairs: number): [Side, Side][] {
  if (!Number.isInteger(pairs) || pairs < 1) {
    throw new RangeError(`alternate: got ${pairs} pairs, accepted is a whole number from 1 on`);
  }
  return Array.from({ length: pairs }, (_, index) =>
    index % 2 === 0 ? ['ours', 'other'] : ['other', 'ours'],
  );
}

/**
 * Measures pairs, one measurement after the other; `measure` is told the side and the pair's number, from 1.
 * Rejects with what `measure` rejects with.
 */
export async function measurePairs<T>(
  pairs: number,
  measure: (side: Side, pair: number) => Promise<T>,
): Promise<Pair<T>[]> {
  const measured: Pair<T>[] = [];
  for (const [index, [first, second]] of alternate(pairs).entries()) {
    const one = await measure(first, index + 1);
    const two = await measure(second, index + 1);
    measured.push(first === 'ours' ? { ours: one, other: two } : { ours: two, other: one });
  }
  return measured;
}

/**
 * ours / other of each pair: 0.95 says that ours does 95 % of what the other does.
 *
 * @throws {RangeError} when one of the others is not above zero.
 */
export function ratios(pairs: readonly Pair<number>[]): number[] {
  return pairs.map(({ ours, other }, index) => {
    if (!(other > 0)) {
      throw new RangeError(
        `ratios: got ${other} to divide by in pair ${index + 1}, accepted is a number above 0`,
      );
    }
    return ours / other;
  });
}
