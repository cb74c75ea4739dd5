import { occupiedStages } from '@acceptbench/metrics/probeCatalogue';
import { type DashboardBuilder, RowBuilder } from '@grafana/grafana-foundation-sdk/dashboard';
import * as units from '@grafana/grafana-foundation-sdk/units';
import { frame } from './frame.ts';
import { stageColor } from './palette.ts';
import { type Line, timeSeries } from './panel.ts';
import { mean, metric, now, rate, sum } from './query.ts';

const measured = { extra: 'scenario="measure"' } as const;
const stageOf = (stage: string) => ({ extra: `stage="${stage}"` });

const means: Line[] = occupiedStages.map((stage) => ({
  expr: sum(rate(metric.stageConnectionSeconds, stageOf(stage))),
  legend: stage,
  color: stageColor[stage],
}));

/** Connections came once, and requests started once: what entered the stage. */
const entered = (stage: (typeof occupiedStages)[number]) =>
  stage === 'accept-queue' ? sum(rate(metric.kernelAccepted)) : sum(rate(metric.requestsStarted));

/** Where requests wait: the stages of their way over time. */
export function waits(): DashboardBuilder {
  return frame({
    uid: 'acceptbench-waits',
    title: 'acceptbench: where requests wait',
    description:
      'The stages of a request’s way over time: in the kernel’s accept queue, accepted and not yet started, waiting for a CPU worker, in the work. The same load makes the same wait; the topology says where.',
  })
    .withRow(new RowBuilder('How many wait, and how long'))
    .withPanel(
      timeSeries({
        title: 'Requests in each stage',
        description:
          'Mean number in each stage, stacked: means add up. The rate of a counter of connection-seconds, so exact whatever the scrape interval. From the kernel (accept queue) and the server’s metrics (the rest).',
        unit: units.Short,
        stacked: true,
        lines: means,
      }),
    )
    .withPanel(
      timeSeries({
        title: 'Mean time in each stage',
        description:
          'Number in a stage over the rate at which requests enter it (Little’s law), stacked. While a queue grows or shrinks it lags behind; the report has the exact means, from empty to empty. Nothing entered: no mean.',
        unit: units.Seconds,
        stacked: true,
        lines: occupiedStages.map((stage) => ({
          expr: `${sum(rate(metric.stageConnectionSeconds, stageOf(stage)))} / ${entered(stage)}`,
          legend: stage,
          color: stageColor[stage],
        })),
      }),
    )
    .withPanel(
      timeSeries({
        title: 'In each stage now',
        description:
          'The number in each stage at the moment of the scrape: shows what a mean hides, and misses what happens between two scrapes.',
        unit: units.Short,
        lines: occupiedStages.map((stage) => ({
          expr: sum(now(metric.stageRequests, stageOf(stage))),
          legend: stage,
          color: stageColor[stage],
        })),
      }),
    )
    .withPanel(
      timeSeries({
        title: 'Mean response time, and what k6 adds to it',
        description:
          'Mean of the right responses; of it, before a request could be sent: k6’s own lag, opening the connection, and waiting for SYNs that were dropped and sent again. Of a past run the whole window’s, at its end.',
        unit: units.Seconds,
        lines: [
          { expr: mean(metric.responseTime, [], measured), legend: 'response time' },
          { expr: mean(metric.schedulingLag, [], measured), legend: 'lag' },
          { expr: perCompleted(metric.openingMs), legend: 'opening' },
          { expr: perCompleted(metric.resendingMs), legend: 'SYNs sent again' },
        ],
      }),
    )
    .withRow(new RowBuilder('By topology'))
    .withPanel(
      timeSeries({
        title: 'Requests in each stage: $topology',
        description:
          'Mean number in each stage, stacked, for one topology; every topology has the same axis.',
        unit: units.Short,
        stacked: true,
        width: 24,
        repeat: 'topology',
        lines: means,
        sharedAxis: `max(max_over_time((${sum(rate(metric.stageConnectionSeconds, { all: ['topology'] }), ['topology'])})[$__range:$__interval] @ end()))`,
      }),
    );
}

function perCompleted(of: typeof metric.openingMs | typeof metric.resendingMs): string {
  return `${sum(rate(of))} / 1000 / ${sum(rate(metric.completed))}`;
}
