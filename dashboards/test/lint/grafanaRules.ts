/**
 * The rules of Grafana's dashboard-linter, as its documentation and messages say them, for what these dashboards have in them: a
 * Prometheus data source, lines and tables. Its names are kept, so that a waiver reads the same.
 */
import type { VariableModel } from '@grafana/grafana-foundation-sdk/dashboard';
import * as units from '@grafana/grafana-foundation-sdk/units';
import { recognisable } from '../fill.ts';
import { parsePromql } from '../promql.ts';
import { dashboardRule, panelRule, parseTarget, type Rule, targetRule, targetsOf } from './rule.ts';

const knownUnits = new Set<unknown>(Object.values(units));
const queryFunctions = ['label_names', 'label_values', 'metrics', 'query_result'];

function matcherRule(label: 'job' | 'instance'): Rule {
  return targetRule(`target-${label}-rule`, ({ selectors }) =>
    selectors.flatMap(({ name, matchers }) =>
      matchers.some((each) => each.label === label && each.op === '=~' && each.value === `$${label}`)
        ? []
        : [`${name} has no matcher ${label}=~"$${label}"`],
    ),
  );
}

function templateRule(name: 'job' | 'instance'): Rule {
  return dashboardRule(`template-${name}-rule`, ({ templating }) => {
    const variable = templating.list?.find((each) => each.name === name);
    if (variable === undefined) return [`there is no variable ${name}`];
    const label = name.replace(/^./, (first) => first.toUpperCase());
    return [
      ...(variable.type === 'query' ? [] : [`${name} is no query`]),
      ...(variable.datasource?.uid === '$datasource' ? [] : [`${name} does not use $datasource`]),
      ...(variable.label === label ? [] : [`the label of ${name} is not ${label}`]),
      ...(variable.multi === true ? [] : [`${name} takes one value only`]),
      ...(variable.allValue === '.+' ? [] : [`all values of ${name} are ${variable.allValue}, not .+`]),
    ];
  });
}

const queryVariables = (list: readonly VariableModel[] = []) => list.filter(({ type }) => type === 'query');

export const grafanaRules: readonly Rule[] = [
  dashboardRule('template-datasource-rule', ({ templating }) => {
    const sources = (templating.list ?? []).filter(({ type }) => type === 'datasource');
    if (sources.length !== 1) return [`there are ${sources.length} variables for the data source, not one`];
    const [source] = sources;
    return source?.name === 'datasource' && source.label === 'Data source' && source.query === 'prometheus'
      ? []
      : ['the data source’s variable is not called datasource, labelled Data source, of prometheus'];
  }),
  templateRule('job'),
  templateRule('instance'),
  dashboardRule('template-label-promql-rule', ({ templating }) =>
    queryVariables(templating.list).flatMap(({ name, query }) => {
      const [, called = '', selector] =
        /^([a-z_]+)\((?:(.+), *)?[a-zA-Z_]\w*\)$/.exec(typeof query === 'string' ? query : '') ?? [];
      if (!queryFunctions.includes(called))
        return [`${name}: ${JSON.stringify(query)} is no query of labels`];
      if (selector === undefined) return [];
      try {
        parsePromql(selector.replaceAll('$', ''));
        return [];
      } catch (error) {
        return [`${name}: ${String(error)}`];
      }
    }),
  ),
  dashboardRule('template-on-time-change-reload-rule', ({ templating }) =>
    queryVariables(templating.list).flatMap(({ name, refresh }) =>
      refresh === 2 ? [] : [`${name} is not read again when the time range changes`],
    ),
  ),
  panelRule('panel-datasource-rule', ({ datasource, targets = [] }) =>
    [datasource, ...targets.map((target) => (target as { datasource?: typeof datasource }).datasource)].every(
      (each) => each?.uid === '$datasource',
    )
      ? []
      : ['it or a query of it does not use $datasource'],
  ),
  panelRule('panel-title-description-rule', ({ title = '', description = '' }) =>
    title === '' || description === '' ? ['it has no title or no description'] : [],
  ),
  panelRule('panel-units-rule', ({ type, fieldConfig }) => {
    const inOverrides = (fieldConfig?.overrides ?? []).flatMap(({ properties }) =>
      properties.flatMap(({ id, value }) => (id === 'unit' ? [value] : [])),
    );
    const { unit } = fieldConfig?.defaults ?? {};
    const used = type === 'table' ? inOverrides : [unit, ...inOverrides];
    return used.length > 0 && used.every((each) => knownUnits.has(each)) ? [] : [`no known unit: ${used}`];
  }),
  panelRule('panel-no-targets-rule', (panel) => (targetsOf(panel).length === 0 ? ['it has no query'] : [])),
  panelRule('target-promql-rule', (panel) =>
    targetsOf(panel).flatMap((target) => {
      try {
        parseTarget(target);
        return [];
      } catch (error) {
        return [`${target.refId}: ${error instanceof Error ? error.message : String(error)}`];
      }
    }),
  ),
  targetRule('target-rate-interval-rule', ({ selectors }) =>
    selectors.flatMap(({ name, range, inside }) =>
      ['rate', 'irate'].includes(inside[0] ?? '') && range !== recognisable.__rate_interval
        ? [`the rate of ${name} is over ${range}, not $__rate_interval`]
        : [],
    ),
  ),
  matcherRule('job'),
  matcherRule('instance'),
  targetRule('target-counter-agg-rule', ({ selectors }) =>
    selectors.flatMap(({ name, range, inside }) =>
      name.endsWith('_total') &&
      (range === undefined || !['rate', 'irate', 'increase'].includes(inside[0] ?? ''))
        ? [`the counter ${name} is in no rate, irate or increase`]
        : [],
    ),
  ),
  dashboardRule('uneditable-dashboard', ({ editable }) => (editable === false ? [] : ['it can be edited'])),
];
