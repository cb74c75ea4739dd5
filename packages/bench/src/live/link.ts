/** From when to when: Unix ms; without an end, until now and going on. */
export interface TimeRange {
  readonly fromMs: number;
  readonly toMs?: number;
}

/** Room at both ends, so that a line's first and last point are not on the edge. */
const marginMs = 2_000;

/** The dashboard *Run* in Grafana, on one run and its time. */
export function dashboardLink(grafana: string, run: string, { fromMs, toMs }: TimeRange): string {
  const url = new URL('d/acceptbench-run', grafana.endsWith('/') ? grafana : `${grafana}/`);
  url.searchParams.set('var-run', run);
  url.searchParams.set('from', String(Math.floor(fromMs) - marginMs));
  url.searchParams.set('to', toMs === undefined ? 'now' : String(Math.ceil(toMs) + marginMs));
  return url.href;
}
