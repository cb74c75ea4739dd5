import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { test } from 'node:test';
import type { Dashboard } from '@grafana/grafana-foundation-sdk/dashboard';
import type { Dataquery } from '@grafana/grafana-foundation-sdk/prometheus';
import { allDashboards, toFiles } from '../src/all.ts';
import { grafanaRules } from './lint/grafanaRules.ts';
import { ourRules } from './lint/ourRules.ts';
import { type Finding, panelsOf, targetsOf } from './lint/rule.ts';
import { waiverFor, waivers } from './lint/waivers.ts';

const rules = [...grafanaRules, ...ourRules];
const check = (dashboard: Dashboard) => rules.flatMap((rule) => rule.check(dashboard));

test('the JSON in the repository is what the code gives (else: npm run dashboards -w @acceptbench/dashboards)', () => {
  const folder = new URL('../generated/', import.meta.url);
  const files = toFiles();
  assert.deepEqual(readdirSync(folder).sort(), [...files.keys()].sort());
  for (const [name, text] of files) assert.equal(readFileSync(new URL(name, folder), 'utf8'), text, name);
});

test('every rule is met, or waived with a reason; and no waiver is left over', () => {
  const findings = allDashboards().flatMap(check);
  assert.deepEqual(
    findings.filter((finding) => waiverFor(finding) === undefined),
    [],
  );
  const needed = new Set(findings.map(waiverFor));
  assert.deepEqual(
    waivers.filter((waiver) => !needed.has(waiver)),
    [],
  );
});

test('no two dashboards have a uid or a title in common', () => {
  for (const key of ['uid', 'title'] as const) {
    const all = allDashboards().map((dashboard) => dashboard[key]);
    assert.equal(new Set(all).size, all.length);
  }
});

/** A dashboard with one thing made wrong, by the rule that is to see it. */
const wrongs: [string, (dashboard: Dashboard) => void][] = [
  ['template-datasource-rule', (dashboard) => drop(dashboard, 'datasource')],
  ['template-job-rule', (dashboard) => drop(dashboard, 'job')],
  ['template-job-rule', (dashboard) => change(dashboard, 'job', { multi: false })],
  ['template-instance-rule', (dashboard) => change(dashboard, 'instance', { allValue: '.*' })],
  ['template-label-promql-rule', (dashboard) => change(dashboard, 'run', { query: 'label_values(a{, run)' })],
  ['template-on-time-change-reload-rule', (dashboard) => change(dashboard, 'run', { refresh: 1 })],
  ['panel-datasource-rule', (dashboard) => (panel(dashboard).datasource = { uid: 'abc' })],
  ['panel-datasource-rule', (dashboard) => (target(dashboard).datasource = { uid: 'abc' })],
  ['panel-title-description-rule', (dashboard) => (panel(dashboard).description = '')],
  ['panel-units-rule', (dashboard) => defaults(dashboard, { unit: 'parsec' })],
  ['panel-no-targets-rule', (dashboard) => (panel(dashboard).targets = [])],
  ['target-promql-rule', (dashboard) => ask(dashboard, 'sum(rate(x[5m])')],
  ['target-promql-rule', (dashboard) => ask(dashboard, 'sum(x{run="$nobody"})')],
  ['target-promql-rule', (dashboard) => ask(dashboard, '')],
  ['target-rate-interval-rule', (dashboard) => ask(dashboard, 'rate(x[5m])')],
  ['target-job-rule', (dashboard) => ask(dashboard, 'x{instance=~"$instance"}')],
  ['target-job-rule', (dashboard) => ask(dashboard, 'x{job="node", instance=~"$instance"}')],
  ['target-instance-rule', (dashboard) => ask(dashboard, 'x{job=~"$job"}')],
  ['target-counter-agg-rule', (dashboard) => ask(dashboard, 'sum(x_total)')],
  ['target-counter-agg-rule', (dashboard) => ask(dashboard, 'max_over_time(x_total[$__range])')],
  ['uneditable-dashboard', (dashboard) => (dashboard.editable = true)],
  ['known-metrics', (dashboard) => ask(dashboard, 'acceptbench_accept_queue')],
  ['known-metrics', (dashboard) => ask(dashboard, 'acceptbench_accept_queue_length{stage="work"}')],
  ['known-metrics', (dashboard) => ask(dashboard, 'sum by (stage) (acceptbench_accept_queue_length)')],
  ['no-average-of-percentiles', (dashboard) => ask(dashboard, 'avg(histogram_quantile(0.99, x))')],
  ['no-average-of-percentiles', (dashboard) => ask(dashboard, 'max(histogram_quantile(0.99, x))')],
  ['no-average-of-averages', (dashboard) => ask(dashboard, 'avg_over_time(x[$__range])')],
  ['missing-is-not-zero', (dashboard) => ask(dashboard, 'sum(x) or vector(0)')],
  ['a-gap-stays-a-gap', (dashboard) => defaults(dashboard, { custom: { spanNulls: true } })],
  ['idle-is-not-missing', (dashboard) => ask(dashboard, 'sum(x) > 0')],
  ['idle-is-not-missing', (dashboard) => ask(dashboard, 'sum(x) != 0')],
  ['legends', (dashboard) => delete target(dashboard).legendFormat],
  ['legends', (dashboard) => (target(dashboard, 1).legendFormat = target(dashboard).legendFormat ?? '')],
  ['few-lines', (dashboard) => (panel(dashboard).targets = Array(5).fill(target(dashboard)))],
  [
    'percentiles-are-not-stacked',
    (dashboard) =>
      defaults(panelCalled(dashboard, 'Response time'), { custom: { stacking: { mode: 'normal' } } }),
  ],
  ['rates-left-durations-right', (dashboard) => defaults(dashboard, { unit: 's' })],
  ['grid', (dashboard) => (panel(dashboard).gridPos = { x: 20, y: 0, w: 12, h: 8 })],
  ['grid', (dashboard) => (panel(dashboard).gridPos = { x: 12, y: 1, w: 12, h: 8 })],
  ['ids', (dashboard) => (panel(dashboard).id = 3)],
  ['links', (dashboard) => (dashboard.links = [])],
  ['boundaries', (dashboard) => (dashboard.annotations = {})],
];

test('each rule bites', () => {
  for (const [rule, spoil] of wrongs) {
    const dashboard = allDashboards()[0];
    assert.ok(dashboard !== undefined);
    spoil(dashboard);
    const found: Finding[] = check(dashboard).filter((finding) => waiverFor(finding) === undefined);
    assert.ok(
      found.some((finding) => finding.rule === rule),
      `${rule} did not see ${spoil}; found: ${JSON.stringify(found)}`,
    );
  }
  assert.deepEqual(
    rules.map(({ name }) => name).filter((name) => !wrongs.some(([rule]) => rule === name)),
    [],
    'rules that nothing here shows to bite',
  );
});

function panel(dashboard: Dashboard) {
  const [first] = panelsOf(dashboard);
  assert.ok(first !== undefined);
  return first;
}

function panelCalled(dashboard: Dashboard, title: string): Dashboard {
  return { ...dashboard, panels: panelsOf(dashboard).filter((each) => each.title === title) };
}

function target(dashboard: Dashboard, index = 0): Dataquery {
  const found = targetsOf(panel(dashboard))[index];
  assert.ok(found !== undefined);
  return found;
}

function ask(dashboard: Dashboard, expr: string): void {
  target(dashboard).expr = expr;
}

function defaults(dashboard: Dashboard, change: object): void {
  const { fieldConfig } = panel(dashboard);
  assert.ok(fieldConfig !== undefined);
  Object.assign(fieldConfig.defaults, change);
}

function drop(dashboard: Dashboard, variable: string): void {
  dashboard.templating.list = (dashboard.templating.list ?? []).filter(({ name }) => name !== variable);
}

function change(dashboard: Dashboard, variable: string, to: object): void {
  Object.assign(dashboard.templating.list?.find(({ name }) => name === variable) ?? {}, to);
}
