import { type DashboardBuilder, RowBuilder } from '@grafana/grafana-foundation-sdk/dashboard';
import * as units from '@grafana/grafana-foundation-sdk/units';
import { frame } from './frame.ts';
import { type Line, type TimeSeries, table, timeSeries } from './panel.ts';
import {
  completed,
  last,
  type Metric,
  max,
  metric,
  quantile,
  rate,
  select,
  sum,
  type Variable,
} from './query.ts';

const measured = { extra: 'scenario="measure"' } as const;
const byTopology = ['topology'] as const;
const rows = ['run', 'runtime', 'topology', 'cell', 'block', 'attempt'] as const;

interface Topic extends Pick<TimeSeries, 'title' | 'description' | 'unit'> {
  /** An expression by labels, over all values of some variables where it is for the axis. */
  readonly expr: (by: readonly string[], all?: readonly Variable[]) => string;
}

const topics: readonly Topic[] = [
  {
    title: 'Accepted',
    description:
      'Connections taken off the accept queue, from the kernel; without isolation, of the whole host.',
    unit: units.RequestsPerSecond,
    expr: (by, all = []) => sum(rate(metric.kernelAccepted, { all }), by),
  },
  {
    title: 'Completed',
    description: 'Right responses; of a past run, the replies that the server counted.',
    unit: units.RequestsPerSecond,
    expr: (by, all = []) => completed(by, { all }),
  },
  {
    title: 'Accept queue',
    description: 'Mean number of connections that wait to be accepted, over all listeners.',
    unit: units.Short,
    expr: (by, all = []) => sum(rate(metric.acceptQueueConnectionSeconds, { all }), by),
  },
  {
    title: 'Response time, p99',
    description:
      'Of right responses in the measured window, free of coordinated omission; of a past run at the window’s end.',
    unit: units.Seconds,
    expr: (by, all = []) => quantile(metric.responseTime, 0.99, by, { ...measured, all }),
  },
  {
    title: 'CPU of the server: cores used',
    description: 'CPU time per second of the server, with all that it started.',
    unit: units.Short,
    expr: (by, all = []) => sum(rate(metric.cpuSeconds, { extra: 'process="server"', all }), by),
  },
];

/** The same panels for each runtime, side by side on the same axes, and their last values in a table. */
export function runtimes(): DashboardBuilder {
  const dashboard = frame({
    uid: 'acceptbench-runtimes',
    title: 'acceptbench: runtimes side by side',
    description:
      'The same panel for each runtime, on the same axis, with a line for each topology; and a table with a row for each replicate. Latencies compare at equal offered load only. Whether one is faster is for the report to say: it has blocks and intervals.',
  })
    .withRow(new RowBuilder('Each replicate, at its end'))
    .withPanel(
      table({
        title: 'Replicates: last values',
        description:
          'Each row is one replicate: completed is of the measured window, the response time of all its right responses, the wait in the accept queue and the CPU of its whole life, warm-up included. Nothing is averaged over replicates.',
        rows,
        columns: [
          {
            title: 'Completed',
            unit: units.RequestsPerSecond,
            decimals: 1,
            expr: `${max(last(metric.completedInWindow), rows)} / ${max(last(metric.windowSeconds), rows)}`,
          },
          {
            title: 'Response time p50',
            unit: units.Seconds,
            decimals: 2,
            expr: windowQuantile(0.5),
          },
          {
            title: 'Response time p99',
            unit: units.Seconds,
            decimals: 2,
            expr: windowQuantile(0.99),
          },
          {
            title: 'Mean wait in the accept queue',
            unit: units.Seconds,
            decimals: 2,
            expr: `${sum(grown(metric.acceptQueueConnectionSeconds), rows)} / ${sum(grown(metric.kernelAccepted), rows)}`,
          },
          {
            title: 'Overflows',
            unit: units.Short,
            decimals: 0,
            expr: sum(grown(metric.listenOverflows), rows),
          },
          {
            title: 'CPU time of the server',
            unit: units.Seconds,
            decimals: 2,
            expr: sum(last(metric.cpuSeconds, { extra: 'process="server"' }), rows),
          },
        ],
      }),
    );
  for (const topic of topics) dashboard.withRow(new RowBuilder(topic.title)).withPanel(repeated(topic));
  return dashboard;
}

/** How far a counter grew in the time that is shown: exact, as each replicate is a process of its own. */
function grown(of: Metric): string {
  return `(max_over_time(${select(of)}[$__range]) - min_over_time(${select(of)}[$__range]))`;
}

/**
 * A quantile of a replicate's whole window. What k6 pushes first is where a histogram starts, so it is not in: the responses of at
 * most a quarter of a second.
 */
function windowQuantile(q: number): string {
  const grown = (suffix?: '_bucket') =>
    `increase(${select(metric.responseTime, { ...measured, ...(suffix === undefined ? {} : { suffix }) })}[$__range])`;
  return `histogram_quantile(${q}, ${sum(grown(), rows)}) or histogram_quantile(${q}, ${sum(grown('_bucket'), [...rows, 'le'])})`;
}

function repeated({ title, description, unit, expr }: Topic) {
  const line: Line = { expr: expr(byTopology), legend: '{{topology}}' };
  return timeSeries({
    title: `${title}: $runtime`,
    description,
    unit,
    width: 24,
    repeat: 'runtime',
    lines: [line],
    sharedAxis: `max(max_over_time((${expr(['runtime', 'topology'], ['runtime'])})[$__range:$__interval] @ end()))`,
  });
}
