/**
 * Reads Prometheus text: each series' value, summed over its labels, by its name as it stands there; and what has a status
 * code also by `name{http_response_status_code="503"}`, so that what was shed can be told from what was answered. Buckets
 * are left out: their sum over `le` means nothing. Lines that are no sample are passed over.
 */
export function parseExposition(text: string): Record<string, number> {
  const values: Record<string, number> = {};
  for (const line of text.split('\n')) {
    const match = /^([a-zA-Z_:][a-zA-Z0-9_:]*)(\{[^\n]*\})? (\S+)(?: -?\d+)?$/.exec(line);
    const name = match?.[1];
    const value = Number(match?.[3]);
    if (name === undefined || name.endsWith('_bucket') || !Number.isFinite(value)) continue;
    const status = /[{,](http_response_status_code="\d+")[,}]/.exec(match?.[2] ?? '')?.[1];
    for (const key of status === undefined ? [name] : [name, `${name}{${status}}`]) {
      values[key] = (values[key] ?? 0) + value;
    }
  }
  return values;
}
