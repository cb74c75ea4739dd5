import { type DashboardBuilder, RowBuilder } from '@grafana/grafana-foundation-sdk/dashboard';
import * as units from '@grafana/grafana-foundation-sdk/units';
import { frame } from './frame.ts';
import { aimColor, limitColor } from './palette.ts';
import { timeSeries } from './panel.ts';
import { max, metric, now, quantile, rate, select, sum } from './query.ts';

const measured = { extra: 'scenario="measure"' } as const;
const ofLoad = { extra: 'process="load"' } as const;

/** The load generator: is it the bottleneck? */
export function load(): DashboardBuilder {
  return frame({
    uid: 'acceptbench-load',
    title: 'acceptbench: load generator',
    description:
      'Is k6 the bottleneck? It is when it starts requests late, drops arrivals below the ceiling, or uses up its cores: then a figure says how fast k6 is, not the server.',
  })
    .withRow(new RowBuilder('Arrivals'))
    .withPanel(
      timeSeries({
        title: 'Offered, started, dropped',
        description:
          'Arrivals per second that were aimed at, that k6 started in the measured window, and that it dropped for want of a virtual user. Above the ceiling, dropping is what an overload does.',
        unit: units.RequestsPerSecond,
        lines: [
          { expr: sum(now(metric.offered)), legend: 'offered', color: aimColor, dashed: true },
          { expr: `histogram_count(${sum(rate(metric.schedulingLag, measured))})`, legend: 'started' },
          { expr: sum(rate(metric.dropped)), legend: 'dropped' },
        ],
      }),
    )
    .withPanel(
      timeSeries({
        title: 'Scheduling lag',
        description:
          'Actual start of a request less its intended one. A p99 above 20 ms fails the gate. A past run does not have it over time.',
        unit: units.Seconds,
        lines: [0.5, 0.9, 0.99].map((q) => ({
          expr: quantile(metric.schedulingLag, q, [], measured),
          legend: `p${q * 100}`,
        })),
      }),
    )
    .withPanel(
      timeSeries({
        title: 'Failed requests',
        description:
          'Requests without a response (errored), with a wrong one (wrong), and replies of 503 where the server may shed (shed), per second.',
        unit: units.CountsPerSecond,
        lines: [
          { expr: sum(rate(metric.errored)), legend: 'errored' },
          { expr: sum(rate(metric.wrong)), legend: 'wrong' },
          { expr: sum(rate(metric.shed)), legend: 'shed' },
        ],
      }),
    )
    .withPanel(
      timeSeries({
        title: 'Virtual users',
        description:
          'Virtual users that run, and how many there are. All at work: arrivals are dropped. A past run does not have it over time.',
        unit: units.Short,
        lines: [
          { expr: max(select(metric.virtualUsers)), legend: 'at work' },
          {
            expr: max(select(metric.mostVirtualUsers)),
            legend: 'there are',
            color: limitColor,
            dashed: true,
          },
        ],
      }),
    )
    .withRow(new RowBuilder('CPU'))
    .withPanel(
      timeSeries({
        title: 'k6: cores used, and may use',
        description:
          'CPU time per second of k6, and the cores that are left for it. Above 90 % the gate fails.',
        unit: units.Short,
        lines: [
          { expr: sum(rate(metric.cpuSeconds, ofLoad)), legend: 'used' },
          { expr: max(now(metric.loadCores)), legend: 'may use', color: limitColor, dashed: true },
        ],
      }),
    )
    .withPanel(
      timeSeries({
        title: 'k6: threads waiting for a core',
        description: 'Mean number of k6’s threads that could run and had no core (schedstat).',
        unit: units.Short,
        lines: [{ expr: sum(rate(metric.runQueueSeconds, ofLoad)), legend: 'waiting' }],
      }),
    )
    .withPanel(
      timeSeries({
        title: 'The probe: samples per second',
        description:
          'Readings of the accept queues: 50 a second are meant to be taken in a run. Fewer: the probe had no CPU, and so had others.',
        unit: units.CountsPerSecond,
        lines: [{ expr: sum(rate(metric.samples)), legend: 'samples' }],
      }),
    )
    .withPanel(
      timeSeries({
        title: 'CPU pressure and steal of the host',
        description:
          'Share of the time in which some task waited for a core (PSI), and cores that the hypervisor gave to others. More than 10 % of a core stolen fails the gate.',
        unit: units.PercentUnit,
        lines: [
          { expr: max(rate(metric.pressureSeconds)), legend: 'pressure' },
          { expr: max(rate(metric.stealSeconds)), legend: 'steal' },
        ],
      }),
    );
}
