/** @throws {RangeError} unless `actual` is within `tolerance` of `expected`: for tests. */
export function assertClose(actual: number | undefined, expected: number | undefined, tolerance: number) {
  if (!(Math.abs((actual ?? Number.NaN) - (expected ?? Number.NaN)) <= tolerance)) {
    throw new RangeError(`got ${actual}, expected ${expected} ± ${tolerance}`);
  }
}
