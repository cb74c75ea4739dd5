/** What we ask of our dashboards beside Grafana's rules: see docs/grafana.md. */
import { runLabels } from '@acceptbench/metrics/runCatalogue';
import type { Dashboard, GridPos } from '@grafana/grafana-foundation-sdk/dashboard';
import { metric } from '../../src/query.ts';
import { dashboardRule, panelRule, panelsOf, type Rule, targetRule, targetsOf } from './rule.ts';

/** Labels by the names of series, as the catalogues have them. */
const labelsBySeries = new Map<string, readonly string[]>(
  Object.values(metric).flatMap((each): [string, readonly string[]][] => {
    const own = 'labels' in each ? each.labels : ['thread', ...('label' in each ? [each.label.name] : [])];
    const labels = [...runLabels, ...own];
    const parts = each.type === 'histogram' ? ['_bucket', '_sum', '_count'] : [];
    return ['', ...parts].map((part) => [
      `${each.name}${part}`,
      part === '_bucket' ? [...labels, 'le'] : labels,
    ]);
  }),
);

const axis = 'Axis';
const rates = ['reqps', 'cps'];

const overlap = (a: GridPos, b: GridPos) =>
  a.x < b.x + b.w && b.x < a.x + a.w && a.y < b.y + b.h && b.y < a.y + a.h;

export const ourRules: readonly Rule[] = [
  targetRule('known-metrics', ({ selectors, groupings }) => {
    const names = selectors.map(({ name }) => name);
    const possible = new Set(names.flatMap((name) => labelsBySeries.get(name) ?? []));
    return [
      ...names.flatMap((name) => (labelsBySeries.has(name) ? [] : [`${name} is in no catalogue`])),
      ...selectors.flatMap(({ name, matchers }) =>
        matchers.flatMap(({ label }) =>
          labelsBySeries.get(name)?.includes(label) === false ? [`${name} has no label ${label}`] : [],
        ),
      ),
      ...groupings
        .flat()
        .flatMap((label) => (possible.has(label) ? [] : [`nothing here has a label ${label}`])),
    ];
  }),
  targetRule('no-average-of-percentiles', ({ calls }, { refId }) =>
    calls.flatMap(({ name, inside }) => {
      if (name !== 'histogram_quantile') return [];
      // The invisible line that an axis reaches is the highest one, not a mean.
      const allowed = refId === axis ? ['or', 'subquery', 'max_over_time', 'max'] : ['or'];
      const wrong = inside.find((each) => !allowed.includes(each));
      return wrong === undefined ? [] : [`a quantile stands in ${wrong}`];
    }),
  ),
  targetRule('no-average-of-averages', ({ calls }) =>
    calls.flatMap(({ name }) =>
      ['avg', 'avg_over_time', 'quantile', 'quantile_over_time'].includes(name)
        ? [`${name}: a mean is a sum over a count`]
        : [],
    ),
  ),
  targetRule('missing-is-not-zero', ({ calls }) =>
    calls.flatMap(({ name }) =>
      ['vector', 'absent', 'absent_over_time'].includes(name) ? [`${name} makes a value out of nothing`] : [],
    ),
  ),
  panelRule('a-gap-stays-a-gap', ({ type, fieldConfig }) =>
    type !== 'timeseries' ||
    (fieldConfig?.defaults.custom?.spanNulls === false && fieldConfig.defaults.noValue === undefined)
      ? []
      : ['it draws a line where nothing was measured'],
  ),
  targetRule('idle-is-not-missing', ({ filters }) => filters.map((filter) => `${filter} drops series`)),
  panelRule('legends', (panel) => {
    const legends = targetsOf(panel).map(({ legendFormat }) => legendFormat ?? '');
    const shown = panel.type !== 'timeseries' || panel.options?.legend?.showLegend === true;
    return [
      ...(legends.includes('') || legends.includes('__auto') ? ['a query has no legend'] : []),
      ...(new Set(legends).size === legends.length ? [] : ['two queries have the same legend']),
      ...(shown ? [] : ['the legend is not shown']),
    ];
  }),
  panelRule('few-lines', (panel) => {
    const lines = targetsOf(panel).filter(({ refId }) => refId !== axis);
    return panel.type === 'timeseries' && lines.length > 4 ? [`${lines.length} queries on one axis`] : [];
  }),
  panelRule('percentiles-are-not-stacked', (panel) => {
    const stacked = panel.fieldConfig?.defaults.custom?.stacking?.mode === 'normal';
    const quantiles = targetsOf(panel).some(({ expr }) => expr?.includes('histogram_quantile') === true);
    return stacked && quantiles ? ['percentiles do not add up'] : [];
  }),
  panelRule('rates-left-durations-right', ({ gridPos, fieldConfig }) => {
    const { unit = '' } = fieldConfig?.defaults ?? {};
    if (gridPos?.w !== 12) return [];
    if (unit === 's' && gridPos.x !== 12) return ['a duration on the left'];
    if (rates.includes(unit) && gridPos.x !== 0) return ['a rate on the right'];
    return [];
  }),
  dashboardRule('grid', (dashboard) => {
    const places = (dashboard.panels ?? []).map(({ gridPos }) => gridPos);
    return places.flatMap((place, index) => {
      if (place === undefined) return ['a panel has no place'];
      if (place.x + place.w > 24) return ['a panel stands out of the grid'];
      const other = places.slice(index + 1).find((each) => each !== undefined && overlap(place, each));
      return other === undefined ? [] : ['two panels overlap'];
    });
  }),
  dashboardRule('ids', (dashboard) => {
    const ids = (dashboard.panels ?? []).map(({ id }) => id);
    const titles = panelsOf(dashboard).map(({ title }) => title);
    return [
      ...(new Set(ids).size === ids.length && ids.every((id) => (id ?? 0) > 0)
        ? []
        : ['two panels have the same id']),
      ...(new Set(titles).size === titles.length ? [] : ['two panels have the same title']),
      ...(/^[a-z0-9-]{8,40}$/.test(dashboard.uid ?? '') ? [] : ['its uid is not 8 to 40 letters']),
    ];
  }),
  dashboardRule('links', ({ links = [] }: Dashboard) =>
    links.some(({ type, keepTime, includeVars }) => type === 'dashboards' && keepTime && includeVars)
      ? []
      : ['no link to the other dashboards that keeps time and variables'],
  ),
  dashboardRule('boundaries', ({ annotations }) =>
    (annotations.list ?? []).filter(({ enable, datasource }) => enable && datasource?.uid === '$datasource')
      .length >= 2
      ? []
      : ['runs and replicates are not marked'],
  ),
];
