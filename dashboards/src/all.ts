import type { Dashboard } from '@grafana/grafana-foundation-sdk/dashboard';
import { load } from './load.ts';
import { run } from './run.ts';
import { runtimes } from './runtimes.ts';
import { waits } from './waits.ts';

/** Every dashboard, in the order in which they are listed. */
export function allDashboards(): Dashboard[] {
  return [run, runtimes, waits, load].map((define) => withIds(define().build()));
}

/** The files that Grafana reads, by name. */
export function toFiles(): Map<string, string> {
  return new Map(
    allDashboards().map((dashboard) => [`${dashboard.uid}.json`, `${JSON.stringify(dashboard, null, 2)}\n`]),
  );
}

/** Grafana tells panels apart, and remembers what was opened, by a number; the builder gives none. */
function withIds(dashboard: Dashboard): Dashboard {
  const panels = dashboard.panels?.map((panel, index) => ({ ...panel, id: index + 1 }));
  return { ...dashboard, ...(panels === undefined ? {} : { panels }) };
}
