import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { parse } from 'yaml';
import { metric } from '../src/query.ts';
import { parsePromql } from './promql.ts';
import { hasTool } from './tool.ts';

const path = (relative: string) => fileURLToPath(new URL(relative, import.meta.url));

test('the alert rules ask for metrics that the probe has, and say what is wrong', () => {
  const { groups } = parse(readFileSync(path('../prometheus/alerts.yml'), 'utf8'));
  const known = new Set<string>(['up', ...Object.values(metric).map(({ name }) => name)]);
  const rules = groups.flatMap((group: { rules: unknown[] }) => group.rules);
  assert.ok(rules.length >= 4);
  for (const { alert, expr, annotations } of rules) {
    for (const { name } of parsePromql(expr).selectors) assert.ok(known.has(name), `${alert}: ${name}`);
    assert.ok(annotations.summary && annotations.description, alert);
  }
});

test('promtool accepts the configuration, and the alerts come when they are meant to', (context) => {
  if (!hasTool(context, 'promtool')) return;
  for (const args of [
    ['check', 'config', path('../prometheus/prometheus.yml')],
    ['test', 'rules', path('alerts.test.yml')],
  ]) {
    const { status, stdout, stderr } = spawnSync('promtool', args, { encoding: 'utf8' });
    assert.equal(status, 0, `${stdout}${stderr}`);
  }
});
