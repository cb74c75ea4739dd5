const bars = '▁▂▃▄▅▆▇█';

/**
 * Values as one character each, from the least (▁) to the most (█) of them; `·` for one that is not there. All alike are
 * of middle height.
 */
export function sparkline(values: readonly (number | null)[]): string {
  const there = values.filter((value) => value !== null);
  const least = Math.min(...there);
  const span = Math.max(...there) - least;
  return values
    .map((value) => {
      if (value === null) return '·';
      const share = span > 0 ? (value - least) / span : 0.5;
      return bars[Math.min(bars.length - 1, Math.floor(share * bars.length))];
    })
    .join('');
}
