/**
 * Reads Prometheus text: each series' value, summed over its labels, by its name as it stands there. Buckets are left
 * out: their sum over `le` means nothing. Lines that are no sample are passed over.
 */
export function parseExposition(text: string): Record<string, number> {
  const values: Record<string, number> = {};
  for (const line of text.split('\n')) {
    const match = /^([a-zA-Z_:][a-zA-Z0-9_:]*)(?:\{.*\})? (\S+)(?: -?\d+)?$/.exec(line);
    const name = match?.[1];
    const value = Number(match?.[2]);
    if (name === undefined || name.endsWith('_bucket') || !Number.isFinite(value)) continue;
    values[name] = (values[name] ?? 0) + value;
  }
  return values;
}
