import type { Dashboard, Panel, RowPanel } from '@grafana/grafana-foundation-sdk/dashboard';
import type { Dataquery } from '@grafana/grafana-foundation-sdk/prometheus';
import { fillVariables, recognisable } from '../fill.ts';
import { parsePromql, type Query } from '../promql.ts';

/** What a rule found: where, and what is wrong. */
export interface Finding {
  readonly rule: string;
  readonly dashboard: string;
  readonly panel?: string;
  /** The query's refId. */
  readonly target?: string;
  readonly message: string;
}

export interface Rule {
  readonly name: string;
  readonly check: (dashboard: Dashboard) => Finding[];
}

/** A rule of the whole dashboard. */
export function dashboardRule(name: string, check: (dashboard: Dashboard) => readonly string[]): Rule {
  return {
    name,
    check: (dashboard) =>
      check(dashboard).map((message) => ({ rule: name, dashboard: dashboard.uid ?? '', message })),
  };
}

/** A rule of each panel that shows data. */
export function panelRule(
  name: string,
  check: (panel: Panel, dashboard: Dashboard) => readonly string[],
): Rule {
  return {
    name,
    check: (dashboard) =>
      panelsOf(dashboard).flatMap((panel) =>
        check(panel, dashboard).map((message) => ({
          rule: name,
          dashboard: dashboard.uid ?? '',
          panel: panel.title ?? '',
          message,
        })),
      ),
  };
}

/** A rule of each query; one that is no PromQL is for the rule that says so. */
export function targetRule(
  name: string,
  check: (query: Query, target: Dataquery, panel: Panel) => readonly string[],
): Rule {
  return {
    name,
    check: (dashboard) =>
      panelsOf(dashboard).flatMap((panel) =>
        targetsOf(panel).flatMap((target) => {
          let query: Query;
          try {
            query = parseTarget(target);
          } catch {
            return [];
          }
          return check(query, target, panel).map((message) => ({
            rule: name,
            dashboard: dashboard.uid ?? '',
            panel: panel.title ?? '',
            target: target.refId ?? '',
            message,
          }));
        }),
      ),
  };
}

/** The panels that show data, in rows or not. */
export function panelsOf(dashboard: Dashboard): Panel[] {
  return (dashboard.panels ?? []).flatMap((panel) => (isRow(panel) ? panel.panels : [panel]));
}

function isRow(panel: Panel | RowPanel): panel is RowPanel {
  return panel.type === 'row';
}

export function targetsOf(panel: Panel): Dataquery[] {
  return (panel.targets ?? []) as Dataquery[];
}

/** @throws what `parsePromql` throws, and for a variable that is none of Grafana's or the dashboard's */
export function parseTarget(target: Dataquery): Query {
  return parsePromql(fillVariables(target.expr ?? '', { ...recognisable, ...keptVariables }));
}

/** The dashboard's own variables stand for themselves: a rule looks for them. */
const keptVariables = Object.fromEntries(
  ['job', 'instance', 'run', 'runtime', 'topology'].map((name) => [name, `$${name}`]),
);
