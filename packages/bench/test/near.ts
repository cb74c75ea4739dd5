import assert from 'node:assert/strict';

/** Two figures of one thing, within 2 % of the second; or within so much, where both are next to nothing. */
export function near(
  what: string,
  got: number | null | undefined,
  own: number | null | undefined,
  least = 0,
): void {
  assert.ok(got != null && own != null, `${what}: ${got} and ${own}`);
  assert.ok(Math.abs(got - own) <= Math.max(Math.abs(own) * 0.02, least), `${what}: ${got}, its own ${own}`);
}
