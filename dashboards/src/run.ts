import { type DashboardBuilder, RowBuilder } from '@grafana/grafana-foundation-sdk/dashboard';
import * as units from '@grafana/grafana-foundation-sdk/units';
import { frame } from './frame.ts';
import { aimColor, limitColor, stageColor } from './palette.ts';
import { type Line, timeSeries } from './panel.ts';
import { classicMean, completed, max, metric, now, quantile, rate, sum } from './query.ts';

const measured = { extra: 'scenario="measure"' } as const;
const perListener = ['address', 'inode'] as const;

const quantiles = (of: Parameters<typeof quantile>[0]): Line[] =>
  [0.5, 0.9, 0.99].map((q) => ({ expr: quantile(of, q, [], measured), legend: `p${q * 100}` }));

/** One run, or one server in production, from the load to the work. */
export function run(): DashboardBuilder {
  return frame({
    uid: 'acceptbench-run',
    title: 'acceptbench: run',
    description:
      'One run as it goes, or a past one, or a server in production that a probe watches: load, accept queue, process, work, in the order in which a request passes them. A probe in production shows the accept queue and, with --pid, the CPU.',
  })
    .withRow(new RowBuilder('Load'))
    .withPanel(
      timeSeries({
        title: 'Offered, accepted, completed',
        description:
          'Offered: arrivals per second that the load generator aims at. Accepted: connections that the process took off the accept queue, from the kernel; without isolation, of the whole host. Completed: right responses, which k6 counts in the measured window alone; of a past run, the replies that the server counted.',
        unit: units.RequestsPerSecond,
        lines: [
          { expr: sum(now(metric.offered)), legend: 'offered', color: aimColor, dashed: true },
          { expr: sum(rate(metric.kernelAccepted)), legend: 'accepted' },
          { expr: completed(), legend: 'completed' },
        ],
      }),
    )
    .withPanel(
      timeSeries({
        title: 'Response time',
        description:
          'Scheduling lag + blocked + duration of right responses in the measured window, so free of coordinated omission. Of a past run the whole window’s distribution, at the window’s end.',
        unit: units.Seconds,
        lines: quantiles(metric.responseTime),
      }),
    )
    .withPanel(
      timeSeries({
        title: 'Failed requests',
        description:
          'Requests of the measured window without a response (errored), with a wrong one (wrong), and arrivals that k6 could not start (dropped), per second.',
        unit: units.CountsPerSecond,
        lines: [
          { expr: sum(rate(metric.errored)), legend: 'errored' },
          { expr: sum(rate(metric.wrong)), legend: 'wrong' },
          { expr: sum(rate(metric.dropped)), legend: 'dropped' },
        ],
      }),
    )
    .withPanel(
      timeSeries({
        title: 'Of it: connecting',
        description:
          'From the first SYN until the connection stood. Steps at 1, 2, 3 s are SYNs that a full accept queue dropped. A past run does not have it over time: its report has the mean.',
        unit: units.Seconds,
        lines: quantiles(metric.connecting),
      }),
    )
    .withPanel(
      timeSeries({
        title: 'Connections opened',
        description:
          'Connections that came, by the kernel, and those that k6 opened for requests of the measured window. In a namespace of its own the kernel counts no others.',
        unit: units.CountsPerSecond,
        lines: [
          { expr: sum(rate(metric.kernelOpened)), legend: 'came' },
          { expr: sum(rate(metric.connections)), legend: 'opened by k6' },
        ],
      }),
    )
    .withPanel(
      timeSeries({
        title: 'Of it: waiting',
        description:
          'From the request sent until the first byte of its response: in the accept queue, the process, the offload queue, and the work. A past run does not have it over time.',
        unit: units.Seconds,
        lines: quantiles(metric.waiting),
      }),
    )
    .withRow(new RowBuilder('Accept queue'))
    .withPanel(
      timeSeries({
        title: 'Accept queue and its limit, per listener',
        description:
          'Mean number of connections that the kernel has completed and the process has not accepted, exact whatever the scrape interval; and the effective backlog, min(listen argument, somaxconn). The kernel lets in one more.',
        unit: units.Short,
        lines: [
          {
            expr: sum(rate(metric.acceptQueueConnectionSeconds), perListener),
            legend: '{{address}} {{inode}}',
          },
          {
            expr: max(now(metric.acceptQueueLimit), perListener),
            legend: 'limit {{address}} {{inode}}',
            color: limitColor,
            dashed: true,
          },
        ],
      }),
    )
    .withPanel(
      timeSeries({
        title: 'Mean wait in the accept queue',
        description:
          'Connection-seconds over connections accepted. Without a connection there is no mean, so the line has a gap.',
        unit: units.Seconds,
        lines: [
          {
            expr: `${sum(rate(metric.acceptQueueConnectionSeconds))} / ${sum(rate(metric.kernelAccepted))}`,
            legend: 'wait',
            color: stageColor['accept-queue'],
          },
        ],
      }),
    )
    .withPanel(
      timeSeries({
        title: 'Overflows and SYNs sent again',
        description:
          'Connections refused for a full accept queue, connections and SYNs dropped by a listener for whatever reason, and SYNs or SYN-ACKs sent again; in the network namespace of the probe, which without isolation is the host’s.',
        unit: units.CountsPerSecond,
        lines: [
          { expr: sum(rate(metric.listenOverflows)), legend: 'overflows' },
          { expr: sum(rate(metric.listenDrops)), legend: 'drops' },
          { expr: sum(rate(metric.synRetransmits)), legend: 'SYNs sent again' },
        ],
      }),
    )
    .withPanel(
      timeSeries({
        title: 'Accept queue full, share of time',
        description:
          'How much of the time a listener’s accept queue held as many connections as its limit. Above zero, connections are refused, however healthy the event loop looks.',
        unit: units.PercentUnit,
        max: 1,
        lines: [
          { expr: max(rate(metric.acceptQueueFullSeconds), perListener), legend: '{{address}} {{inode}}' },
        ],
      }),
    )
    .withRow(new RowBuilder('Process and work'))
    .withPanel(
      timeSeries({
        title: 'In the server, by stage',
        description:
          'Mean number of requests accepted and not yet started (process), waiting for a CPU worker (offload queue), and in the handler without waiting (work). By the server’s hook for connections, or where the runtime has none from the kernel’s count.',
        unit: units.Short,
        lines: [
          {
            expr: sum(rate(metric.stageConnectionSeconds, { extra: 'stage=~"process|offload-queue|work"' }), [
              'stage',
            ]),
            legend: '{{stage}}',
          },
        ],
      }),
    )
    .withPanel(
      timeSeries({
        title: 'Mean time in the handler, the offload queue and the work',
        description:
          'Means of the server’s own histograms. Without a request there is no mean: the line has a gap.',
        unit: units.Seconds,
        lines: [
          { expr: classicMean(metric.requestDuration), legend: 'handler' },
          {
            expr: classicMean(metric.offloadQueueWait),
            legend: 'offload queue',
            color: stageColor['offload-queue'],
          },
          { expr: classicMean(metric.workDuration), legend: 'work', color: stageColor.work },
        ],
      }),
    )
    .withPanel(
      timeSeries({
        title: 'Requests given up',
        description:
          'Replies of 503 for a full offload queue (shed), jobs dropped for a client that had gone (abandoned), and requests whose client went away before the reply (aborted).',
        unit: units.CountsPerSecond,
        lines: [
          { expr: sum(rate(metric.jobsShed)), legend: 'shed' },
          { expr: sum(rate(metric.jobsAbandoned)), legend: 'abandoned' },
          { expr: sum(rate(metric.requestsAborted)), legend: 'aborted' },
        ],
      }),
    )
    .withPanel(
      timeSeries({
        title: 'Half-open connections',
        description:
          'Connections whose handshake is not complete (SYN-RECV). With TCP_DEFER_ACCEPT, which Bun sets, also those that have sent nothing. Counted only where a listener is seen to defer accepting.',
        unit: units.Short,
        lines: [{ expr: max(now(metric.halfOpen)), legend: 'half-open' }],
      }),
    )
    .withRow(new RowBuilder('CPU and memory'))
    .withPanel(
      timeSeries({
        title: 'CPU per process: cores used',
        width: 8,
        description:
          'CPU time per second of the server and of the load generator, with all that they started.',
        unit: units.Short,
        lines: [{ expr: sum(rate(metric.cpuSeconds), ['process']), legend: '{{process}}' }],
      }),
    )
    .withPanel(
      timeSeries({
        title: 'CPU saturation: threads waiting for a core',
        width: 8,
        description: 'Mean number of threads of each process that could run and had no core (schedstat).',
        unit: units.Short,
        lines: [{ expr: sum(rate(metric.runQueueSeconds), ['process']), legend: '{{process}}' }],
      }),
    )
    .withPanel(
      timeSeries({
        title: 'CPU pressure and steal',
        width: 8,
        description:
          'Share of the time in which some task of the host waited for a core (PSI), and cores that the hypervisor gave to others.',
        unit: units.PercentUnit,
        lines: [
          { expr: max(rate(metric.pressureSeconds)), legend: 'pressure' },
          { expr: max(rate(metric.stealSeconds)), legend: 'steal' },
        ],
      }),
    )
    .withPanel(
      timeSeries({
        title: 'Memory',
        width: 24,
        description: 'Resident memory of each process, with all that it started.',
        unit: units.BytesIEC,
        lines: [{ expr: sum(now(metric.residentBytes), ['process']), legend: '{{process}}' }],
      }),
    );
}
