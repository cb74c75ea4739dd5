/** From the least to the most of the values, with some room, at round numbers. Where they are all but one, from below it to above. */
export function roundedRange(values: readonly number[]): { min: number; max: number } {
  const [least, most] = [Math.min(...values), Math.max(...values)];
  const size = Math.max(Math.abs(least), Math.abs(most));
  const span = most - least > Math.max(size * 1e-6, 1e-9) ? most - least : size > 1e-9 ? size : 1;
  const step = 10 ** Math.floor(Math.log10(span));
  const at = (times: number) => Number((times * step).toPrecision(12));
  return { min: at(Math.floor(least / step)), max: at(Math.floor(most / step) + 1) };
}

/** An axis from 0, unless all values lie in its upper two fifths, where it would press them together. */
export function linearRange(values: readonly number[]): { min: number; max: number } {
  const [least, most] = [Math.min(...values), Math.max(...values)];
  return least > 0.6 * most && least < most ? roundedRange(values) : { min: 0, max: most };
}
