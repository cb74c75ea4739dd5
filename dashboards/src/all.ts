import type { Dashboard } from '@grafana/grafana-foundation-sdk/dashboard';
import { load } from './load.ts';
import { run } from './run.ts';
import { runtimes } from './runtimes.ts';
import { waits } from './waits.ts';

/** Every dashboard, in the order in which they are listed. */
export function allDashboards(): Dashboard[] {
  return [run, runtimes, waits, load].map((define) => finished(define().build()));
}

/** The files that Grafana reads, by name. */
export function toFiles(): Map<string, string> {
  return new Map(
    allDashboards().map((dashboard) => [`${dashboard.uid}.json`, `${JSON.stringify(dashboard, null, 2)}\n`]),
  );
}

/**
 * What the builder leaves open. Grafana tells panels apart, and remembers what was opened, by a number; and what is to be seen at
 * the top of the page has no place of its own, where the builder's default puts it into a menu.
 */
function finished(dashboard: Dashboard): Dashboard {
  return {
    ...dashboard,
    panels: (dashboard.panels ?? []).map((panel, index) => ({ ...panel, id: index + 1 })),
    links: (dashboard.links ?? []).map(inSight),
    annotations: { list: (dashboard.annotations.list ?? []).map(inSight) },
  };
}

function inSight<T extends { placement?: unknown }>({ placement: _, ...rest }: T) {
  return rest;
}
