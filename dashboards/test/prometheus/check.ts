import type { AnnotationQuery, Dashboard, Panel } from '@grafana/grafana-foundation-sdk/dashboard';
import type { Dataquery } from '@grafana/grafana-foundation-sdk/prometheus';
import { fillVariables, type Values } from '../fill.ts';
import { panelsOf, targetsOf } from '../lint/rule.ts';
import { parsePromql } from '../promql.ts';
import type { Prometheus, Range, Series } from './server.ts';

/** What an expression of a dashboard is, and what is wrong with what it gives; null where nothing is. */
export interface Checked {
  readonly dashboard: string;
  readonly panel: string;
  /** The query's refId; of a repeated panel also what it is of: `A of inline`. */
  readonly target: string;
  readonly problem: string | null;
}

/** What is chosen in the dashboards' variables. */
export interface Choice {
  readonly job: string;
  readonly run: string;
  /** Values that a panel is repeated for. */
  readonly repeated: Readonly<Record<string, readonly string[]>>;
  readonly range: Range;
}

/**
 * Asks a Prometheus for every expression of the dashboards, as Grafana would with these variables: each must parse, and give at
 * least one number, in series that have the labels of its legend (or the rows of its table) and no others.
 */
export async function checkDashboards(
  prometheus: Prometheus,
  dashboards: readonly Dashboard[],
  choice: Choice,
): Promise<Checked[]> {
  const checked: Checked[] = [];
  for (const dashboard of dashboards) {
    const of = (panel: string, target: string, problem: string | null) =>
      checked.push({ dashboard: dashboard.uid ?? '', panel, target, problem });
    for (const panel of panelsOf(dashboard)) {
      for (const target of targetsOf(panel)) {
        for (const { of: repetition, values } of repetitions(panel, choice)) {
          const problem = await problemOf(prometheus, panel, target, values, choice.range);
          of(panel.title ?? '', `${target.refId}${repetition}`, problem);
        }
      }
    }
    for (const annotation of dashboard.annotations.list ?? []) {
      of(`annotation: ${annotation.name}`, '', await annotationProblem(prometheus, annotation, choice));
    }
    for (const { name, query } of dashboard.templating.list ?? []) {
      const [, selector, label] = /^label_values\((.+), (\w+)\)$/.exec(String(query)) ?? [];
      if (selector === undefined || label === undefined) continue;
      const found = await prometheus.labelValues(
        label,
        fillVariables(selector, valuesOf(choice)),
        choice.range,
      );
      of(`variable: ${name}`, '', found.length > 0 ? null : 'no value');
    }
  }
  return checked;
}

function valuesOf({ job, run, range }: Choice): Values {
  return {
    job,
    run,
    instance: '.+',
    runtime: '.*',
    topology: '.*',
    // Grafana's: four scrape intervals, and the width of a pixel when one looks closely.
    __rate_interval: '1s',
    __interval: '250ms',
    __range: `${Math.ceil(range.toSeconds - range.fromSeconds)}s`,
  };
}

function repetitions({ repeat }: Panel, choice: Choice): { of: string; values: Values }[] {
  const values = valuesOf(choice);
  if (repeat === undefined) return [{ of: '', values }];
  return (choice.repeated[repeat] ?? []).map((each) => ({
    of: ` of ${each}`,
    values: { ...values, [repeat]: each },
  }));
}

/** What one expression of a dashboard gives: of the panel with that title, the query with that legend. */
export async function ask(
  prometheus: Prometheus,
  dashboards: readonly Dashboard[],
  wanted: { readonly dashboard: string; readonly panel: string; readonly legend: string },
  choice: Choice,
): Promise<Series[]> {
  const panel = dashboards
    .filter(({ uid }) => uid === wanted.dashboard)
    .flatMap(panelsOf)
    .find(({ title }) => title === wanted.panel);
  const target =
    panel === undefined
      ? undefined
      : targetsOf(panel).find(({ legendFormat }) => legendFormat === wanted.legend);
  if (target === undefined) throw new Error(`no dashboard has ${JSON.stringify(wanted)}`);
  return seriesOf(prometheus, target, valuesOf(choice), choice.range);
}

/** @throws SyntaxError for what is no PromQL, and what Prometheus says is wrong with it */
function seriesOf(
  prometheus: Prometheus,
  target: Dataquery,
  values: Values,
  range: Range,
): Promise<Series[]> {
  const expr = fillVariables(target.expr ?? '', values);
  parsePromql(expr);
  return target.instant === true
    ? prometheus.query(expr, range.toSeconds)
    : prometheus.queryRange(expr, range);
}

async function problemOf(
  prometheus: Prometheus,
  panel: Panel,
  target: Dataquery,
  values: Values,
  range: Range,
): Promise<string | null> {
  let series: Series[];
  try {
    series = await seriesOf(prometheus, target, values, range);
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
  const expected = panel.type === 'table' ? rowLabels(panel) : legendLabels(target.legendFormat ?? '');
  return noNumber(series) ?? wrongLabels(series, expected);
}

async function annotationProblem(
  prometheus: Prometheus,
  { expr = '', titleFormat = '', textFormat = '' }: AnnotationQuery,
  choice: Choice,
): Promise<string | null> {
  const series = await prometheus.queryRange(fillVariables(expr, valuesOf(choice)), choice.range);
  return noNumber(series) ?? wrongLabels(series, legendLabels(`${titleFormat} ${textFormat}`));
}

function noNumber(series: readonly Series[]): string | null {
  return series.some(({ points }) => points.some(([, value]) => Number.isFinite(value))) ? null : 'no data';
}

function wrongLabels(series: readonly Series[], expected: readonly string[]): string | null {
  for (const { labels } of series) {
    const got = Object.keys(labels).sort();
    if (got.join(' ') !== [...expected].sort().join(' ')) {
      return `series have the labels ${got.join(', ') || '(none)'}, expected are ${expected.join(', ') || '(none)'}`;
    }
  }
  return null;
}

function legendLabels(legend: string): string[] {
  return [...legend.matchAll(/\{\{\s*(\w+)\s*\}\}/g)].map(([, label = '']) => label);
}

/** The columns of a table that are no figures: its first ones, in their order. */
function rowLabels({ transformations = [] }: Panel): string[] {
  const { indexByName } = transformations.find(({ id }) => id === 'organize')?.options ?? {};
  return Object.keys(indexByName ?? {}).filter((name) => !name.startsWith('Value #'));
}
