import { uniformFloat64 } from 'pure-rand/distribution/uniformFloat64';
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';

/** Seeded random numbers for simulations. */
export type Random = {
  /** From 0 to below 1. */
  readonly uniform: () => number;
  /** Standard normal, by Box and Muller's transform. */
  readonly normal: () => number;
};

export function seeded(seed: number): Random {
  const random = xoroshiro128plus(seed);
  // Neighbouring seeds begin alike, and go on alike for a while.
  random.jump();
  const uniform = () => uniformFloat64(random);
  const normal = () => Math.sqrt(-2 * Math.log(1 - uniform())) * Math.cos(2 * Math.PI * uniform());
  return { uniform, normal };
}
