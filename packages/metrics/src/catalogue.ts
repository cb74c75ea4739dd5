/**
 * Every metric of a server, once: its name, help, label and buckets. Names follow Prometheus, and OpenTelemetry's
 * semantic conventions where these have the metric. The layout of the shared memory and the exposition are made from this.
 */

/**
 * Who writes a metric: threads that take connections off the accept queue, that answer requests, that compute, the owner of
 * the offload queue, its workers.
 */
export type Writer = 'accept' | 'serve' | 'compute' | 'queue' | 'worker';

export interface ScalarDefinition {
  readonly type: 'counter' | 'gauge';
  readonly name: string;
  readonly help: string;
  readonly writer: Writer;
  /** Needs a hook on the connection that not every runtime has; absent, never zero, where there is none. */
  readonly needsConnectionHook?: true;
}

export interface HistogramDefinition {
  readonly type: 'histogram';
  readonly name: string;
  readonly help: string;
  readonly writer: Writer;
  /** Upper bounds in seconds, ascending, without +Inf. */
  readonly buckets: readonly number[];
  /** One label with a closed set of values; the last stands for every other one. */
  readonly label?: { readonly name: string; readonly values: readonly string[] };
  /** A counter beside it, with the same label: the sum of the moments of its observations, in seconds since `momentsOriginMs`. */
  readonly moments?: { readonly name: string; readonly help: string };
}

/**
 * Where moments count from, Unix ms. A sum of them divided by their number is the mean moment, exactly, however seldom somebody
 * looks. Near to now, so that a 64-bit sum of millions of them is still good to a microsecond each.
 */
export const momentsOriginMs = Date.UTC(2026, 0, 1);

/** The article's 15 buckets, and 3, 4, 6 and 8 ms, around the 4 ms of work that it speaks of. */
export const requestBuckets = [
  0.001, 0.002, 0.003, 0.004, 0.005, 0.006, 0.007, 0.008, 0.01, 0.02, 0.03, 0.04, 0.05, 0.1, 0.2, 0.3, 0.5, 1,
  5,
] as const;

/** From a hand-over between threads (tens of µs) to a queue of seconds. */
const waitBuckets = [0.0001, 0.0005, ...requestBuckets] as const;

/** The statuses a server of ours sends; any other counts as `other`. */
export const statuses = ['200', '400', '404', '405', '431', '500', '503', 'other'] as const;

export const scalars = {
  connectionsAccepted: {
    type: 'counter',
    name: 'acceptbench_connections_accepted_total',
    help: 'Connections taken off the accept queue.',
    writer: 'accept',
    needsConnectionHook: true,
  },
  connectionsAcceptedAt: {
    type: 'counter',
    name: 'acceptbench_connections_accepted_at_seconds_total',
    help: 'Sum of the moments at which connections were taken off the accept queue, in seconds since 2026-01-01T00:00:00Z.',
    writer: 'accept',
    needsConnectionHook: true,
  },
  connectionsClosed: {
    type: 'counter',
    name: 'acceptbench_connections_closed_total',
    help: 'Accepted connections that are closed.',
    writer: 'serve',
    needsConnectionHook: true,
  },
  requestsStarted: {
    type: 'counter',
    name: 'acceptbench_requests_started_total',
    help: 'Requests handed to the handler.',
    writer: 'serve',
  },
  requestsAborted: {
    type: 'counter',
    name: 'acceptbench_requests_aborted_total',
    help: 'Requests whose client went away before the reply was sent.',
    writer: 'serve',
  },
  jobsShed: {
    type: 'counter',
    name: 'acceptbench_offload_jobs_shed_total',
    help: 'Jobs refused with 503 because the offload queue was full.',
    writer: 'queue',
  },
  jobsAbandoned: {
    type: 'counter',
    name: 'acceptbench_offload_jobs_abandoned_total',
    help: 'Jobs dropped from the offload queue because their client had gone.',
    writer: 'queue',
  },
  workerRestarts: {
    type: 'counter',
    name: 'acceptbench_worker_restarts_total',
    help: 'CPU workers replaced because they died.',
    writer: 'queue',
  },
  offloadQueueLength: {
    type: 'gauge',
    name: 'acceptbench_offload_queue_length',
    help: 'Jobs waiting for a CPU worker.',
    writer: 'queue',
  },
} as const satisfies Record<string, ScalarDefinition>;

export const histograms = {
  requestDuration: {
    type: 'histogram',
    name: 'http_server_request_duration_seconds',
    help: 'From the request handed to the handler until its reply was handed back, by status.',
    writer: 'serve',
    buckets: requestBuckets,
    label: { name: 'http_response_status_code', values: statuses },
    moments: {
      name: 'acceptbench_requests_finished_at_seconds_total',
      help: 'Sum of the moments at which replies were handed back, in seconds since 2026-01-01T00:00:00Z, by status.',
    },
  },
  offloadQueueWait: {
    type: 'histogram',
    name: 'acceptbench_offload_queue_wait_seconds',
    help: 'From a job queued until a CPU worker began it.',
    writer: 'worker',
    buckets: waitBuckets,
  },
  workDuration: {
    type: 'histogram',
    name: 'acceptbench_work_duration_seconds',
    help: 'Service time: the CPU work of one request, on whichever thread does it.',
    writer: 'compute',
    buckets: waitBuckets,
  },
} as const satisfies Record<string, HistogramDefinition>;

export type ScalarKey = keyof typeof scalars;
export type HistogramKey = keyof typeof histograms;

/** Requests in the handler now: started − finished − aborted. Derived when read, so it cannot drift. */
export const activeRequests = {
  name: 'http_server_active_requests',
  help: 'Requests started and neither finished nor aborted.',
} as const;

/** When what is shown was read, so that whoever scrapes need not guess: rendering it and sending it take longer than that. */
export const readTimestamp = {
  name: 'acceptbench_metrics_read_timestamp_seconds',
  help: 'Unix time at which these figures had been read from memory.',
} as const;

/** Constant 1; its labels say what the server is. */
export const serverInfo = {
  name: 'acceptbench_server_info',
  help: 'What this server is: runtime, version, api, topology, work and effective backlog.',
} as const;
