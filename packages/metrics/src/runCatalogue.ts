/**
 * What Prometheus has of a run beside the server's and the probe's metrics: the labels that say which run, cell and replicate
 * a series belongs to; what the runner says of the plan; and what k6 pushes, under the names that it gives them.
 */

/** On every series of a run, whoever it comes from; one that k6 pushes has them as tags. */
export const runLabels = [
  'job',
  'instance',
  'run',
  'cell',
  'block',
  'attempt',
  'runtime',
  'api',
  'topology',
] as const;
export type RunLabel = (typeof runLabels)[number];
export type RunLabels = Readonly<Record<RunLabel, string>>;

/** The job of all series of a run. A probe of a server in production has one of its own: its scrape configuration says it. */
export const runJob = 'acceptbench';

export const runMetrics = {
  runInfo: {
    type: 'gauge',
    name: 'acceptbench_run_info',
    help: 'A run that is on: 1, with its experiment.',
    labels: ['experiment'],
  },
  replicatePhase: {
    type: 'gauge',
    name: 'acceptbench_replicate_phase',
    help: 'A replicate that lives: 1, with the phase of its life.',
    labels: ['phase'],
  },
  offered: {
    type: 'gauge',
    name: 'acceptbench_offered_per_second',
    help: 'Arrivals per second that the load generator aims at now.',
    labels: [],
  },
  windowSeconds: {
    type: 'gauge',
    name: 'acceptbench_window_seconds',
    help: 'Length of the replicate’s measured window.',
    labels: [],
  },
  loadCores: {
    type: 'gauge',
    name: 'acceptbench_load_cores',
    help: 'Cores that the load generator may use.',
    labels: [],
  },
} as const;
export type RunMetric = keyof typeof runMetrics;

/**
 * k6's metrics that the dashboards read: of our script, and of k6 itself. Trends are native histograms. k6 adds `_total` to
 * counters and the unit to trends, and turns times into seconds.
 */
export const loadMetrics = {
  completed: { type: 'counter', name: 'k6_completed_total', labels: ['scenario'] },
  completedInWindow: { type: 'counter', name: 'k6_completed_in_window_total', labels: ['scenario'] },
  connections: { type: 'counter', name: 'k6_connections_total', labels: ['scenario'] },
  dropped: { type: 'counter', name: 'k6_dropped_total', labels: ['scenario'] },
  shed: { type: 'counter', name: 'k6_shed_total', labels: ['scenario'] },
  errored: { type: 'counter', name: 'k6_errored_total', labels: ['scenario'] },
  wrong: { type: 'counter', name: 'k6_wrong_total', labels: ['scenario'] },
  openingMs: { type: 'counter', name: 'k6_opening_ms_total', labels: ['scenario'] },
  resendingMs: { type: 'counter', name: 'k6_resending_ms_total', labels: ['scenario'] },
  responseTime: { type: 'histogram', name: 'k6_response_time_seconds', labels: ['scenario'] },
  schedulingLag: { type: 'histogram', name: 'k6_scheduling_lag_seconds', labels: ['scenario'] },
  connecting: { type: 'histogram', name: 'k6_http_req_connecting_seconds', labels: ['scenario'] },
  waiting: { type: 'histogram', name: 'k6_http_req_waiting_seconds', labels: ['scenario'] },
  virtualUsers: { type: 'gauge', name: 'k6_vus', labels: [] },
  mostVirtualUsers: { type: 'gauge', name: 'k6_vus_max', labels: [] },
} as const;
export type LoadMetric = keyof typeof loadMetrics;
