import { uniformInt } from 'pure-rand/distribution/uniformInt';
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';

/** Means of resamples, and the estimated variance of each of these means. */
export type Resamples = { readonly means: Float64Array; readonly variances: Float64Array };

/** Which random numbers: streams of one seed have nothing to do with each other. */
export type Stream = { readonly seed: number; readonly stream: number };

/** Draws depend on size, number and seed alone, so one table serves every sample of a size. */
const tables = new Map<string, Uint16Array>();
const mostTables = 64;

/** For each resample, n draws from 0 … 2n − 1: places in the residuals and, from n on, in their mirror images. */
function drawTable(n: number, resamples: number, { seed, stream }: Stream): Uint16Array {
  const key = `${n}/${resamples}/${seed}/${stream}`;
  const known = tables.get(key);
  if (known !== undefined) return known;
  const random = xoroshiro128plus(seed);
  // Neighbouring seeds begin alike; a jump of 2⁶⁴ numbers does not.
  for (let jumped = 0; jumped <= stream; jumped += 1) random.jump();
  const table = new Uint16Array(n * resamples);
  for (let index = 0; index < table.length; index += 1) {
    table[index] = uniformInt(random, 0, 2 * n - 1);
  }
  if (tables.size >= mostTables) tables.clear();
  tables.set(key, table);
  return table;
}

/**
 * Draws from the residuals r₁ … rₙ (the values less `center`) and from their mirror images −r₁ … −rₙ, n at a time with
 * replacement. The mirror images are right where the values are differences of two things that are alike under the null
 * hypothesis, since such a difference is as likely with either sign.
 *
 * @throws {RangeError} with fewer than 2 values, more than 32,767, or one that is not finite.
 */
export function resampleMirrored(
  values: readonly number[],
  center: number,
  resamples: number,
  stream: Stream,
): Resamples {
  const n = values.length;
  if (n < 2 || n > 32_767)
    throw new RangeError(`resampleMirrored: got ${n} values, accepted are 2 to 32,767`);
  const bad = values.find((value) => !Number.isFinite(value));
  if (bad !== undefined) throw new RangeError(`resampleMirrored: got ${bad}, accepted are finite numbers`);
  const residuals = Float64Array.from([
    ...values.map((value) => value - center),
    ...values.map((value) => center - value),
  ]);
  const table = drawTable(n, resamples, stream);
  const means = new Float64Array(resamples);
  const variances = new Float64Array(resamples);
  for (let resample = 0, at = 0; resample < resamples; resample += 1) {
    let sum = 0;
    let squares = 0;
    for (const end = at + n; at < end; at += 1) {
      const residual = residuals[table[at] ?? 0] ?? 0;
      sum += residual;
      squares += residual * residual;
    }
    means[resample] = sum / n;
    variances[resample] = Math.max(0, squares - (sum * sum) / n) / (n - 1) / n;
  }
  return { means, variances };
}
