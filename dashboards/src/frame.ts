import {
  AnnotationQueryBuilder,
  DashboardBuilder,
  DashboardCursorSync,
  DashboardLinkBuilder,
  DashboardLinkType,
  DatasourceVariableBuilder,
  QueryVariableBuilder,
  TimePickerBuilder,
  VariableRefresh,
  VariableSort,
} from '@grafana/grafana-foundation-sdk/dashboard';
import { DataqueryBuilder } from '@grafana/grafana-foundation-sdk/prometheus';
import { datasource } from './panel.ts';
import { type Metric, max, metric, select, type Variable, variables } from './query.ts';

/** On every dashboard: the links between them find each other by it. */
const tag = 'acceptbench';

/**
 * What all dashboards have in common: their variables, what marks a run and a replicate in time, links to the others that keep
 * time and variables, and that nobody edits what files provide.
 */
export function frame(options: { uid: string; title: string; description: string }): DashboardBuilder {
  const dashboard = new DashboardBuilder(options.title)
    .uid(options.uid)
    .description(options.description)
    .tags([tag])
    .readonly()
    .timezone('browser')
    .tooltip(DashboardCursorSync.Crosshair)
    .time({ from: 'now-15m', to: 'now' })
    .refresh('5s')
    .timepicker(new TimePickerBuilder().refreshIntervals(['1s', '5s', '15s', '1m']))
    .withVariable(new DatasourceVariableBuilder('datasource').label('Data source').type('prometheus'))
    .annotations([
      annotation(
        'Runs',
        marks(metric.runInfo, ['run', 'experiment']),
        '{{run}}',
        'experiment {{experiment}}',
        '#5794F2',
      ),
      annotation(
        'Measured windows',
        marks(metric.replicatePhase, ['cell', 'block', 'attempt'], 'phase="measure"'),
        '{{cell}}',
        'block {{block}}, attempt {{attempt}}: the measured window',
        '#B877D9',
      ),
    ])
    .link(
      new DashboardLinkBuilder('acceptbench')
        .type(DashboardLinkType.Dashboards)
        .tags([tag])
        .tooltip('The other dashboards, at the same time and with the same choice')
        .asDropdown(true)
        .includeVars(true)
        .keepTime(true),
    );
  for (const [index, variable] of variables.entries()) {
    dashboard.withVariable(queryVariable(variable, variables.slice(0, index)));
  }
  return dashboard;
}

const about: Readonly<Record<Variable, string>> = {
  job: 'Who scrapes it: acceptbench for a run, the name in your scrape configuration for a probe in production.',
  instance: 'What is scraped: the runner, or a probe.',
  run: 'A run by the name of its results folder; nothing for a probe in production.',
  runtime: 'node, bun, deno, or a server of your own.',
  topology: 'Who accepts and who computes.',
};

/** Each restricts the values of the next one. What only a run has may be missing, so that a probe in production is shown too. */
function queryVariable(name: Variable, before: readonly Variable[]): QueryVariableBuilder {
  const matchers = before.map((each) => `${each}=~"$${each}"`).join(', ');
  const query = `label_values(${metric.samples.name}${matchers === '' ? '' : `{${matchers}}`}, ${name})`;
  const everywhere = name === 'job' || name === 'instance';
  return new QueryVariableBuilder(name)
    .label(name.replace(/^./, (first) => first.toUpperCase()))
    .description(about[name])
    .datasource(datasource)
    .query(query)
    .definition(query)
    .refresh(VariableRefresh.OnTimeRangeChanged)
    .sort(name === 'run' ? VariableSort.AlphabeticalDesc : VariableSort.AlphabeticalAsc)
    .multi(true)
    .includeAll(true)
    .allValue(everywhere ? '.+' : '.*')
    .current({ selected: true, text: ['All'], value: ['$__all'] });
}

/** What is there within a second: Grafana gives an annotation no interval of its own. */
function marks(of: Metric, by: readonly string[], extra?: string): string {
  return max(`last_over_time(${select(of, extra === undefined ? {} : { extra })}[1s])`, by);
}

/** Grafana draws a region for as long as the expression has a value above zero. */
function annotation(
  name: string,
  expr: string,
  title: string,
  text: string,
  color: string,
): AnnotationQueryBuilder {
  return new AnnotationQueryBuilder()
    .name(name)
    .datasource(datasource)
    .enable(true)
    .iconColor(color)
    .expr(expr)
    .step('1s')
    .target(new DataqueryBuilder().refId('Anno').datasource(datasource).expr(expr).range().interval('1s'))
    .titleFormat(title)
    .textFormat(text);
}
