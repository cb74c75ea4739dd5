/**
 * Every metric that the probe exposes, once: of the accept queues, of what the kernel counts, of processes and the host. The
 * exporter, the export of past runs and the dashboards are made from this.
 */

export interface ProbeDefinition {
  readonly type: 'counter' | 'gauge';
  readonly name: string;
  readonly help: string;
  /** Its own labels, beside those of the run it belongs to. */
  readonly labels: readonly string[];
}

const listener = ['address', 'inode'] as const;
const process = ['process'] as const;
const stage = ['stage'] as const;
const host = 'Of the network namespace that the probe runs in: without isolation, of the whole host.';

export const probeMetrics = {
  acceptQueueLength: {
    type: 'gauge',
    name: 'acceptbench_accept_queue_length',
    help: 'Connections that the kernel has completed and the process has not accepted, now, by listener.',
    labels: listener,
  },
  acceptQueueLimit: {
    type: 'gauge',
    name: 'acceptbench_accept_queue_limit',
    help: 'Effective backlog of the listener: min(listen argument, net.core.somaxconn). The kernel lets in one more.',
    labels: listener,
  },
  acceptQueueConnectionSeconds: {
    type: 'counter',
    name: 'acceptbench_accept_queue_connection_seconds_total',
    help: 'Integral of the accept queue over time: its rate is the exact mean length, whatever the scrape interval.',
    labels: listener,
  },
  acceptQueueFullSeconds: {
    type: 'counter',
    name: 'acceptbench_accept_queue_full_seconds_total',
    help: 'Time for which the accept queue held as many connections as its limit, or more.',
    labels: listener,
  },
  stageRequests: {
    type: 'gauge',
    name: 'acceptbench_stage_requests',
    help: 'Requests, or connections before they are one, in a stage of their way, now.',
    labels: stage,
  },
  stageConnectionSeconds: {
    type: 'counter',
    name: 'acceptbench_stage_connection_seconds_total',
    help: 'Integral over time of the requests in a stage: its rate is the mean number in it.',
    labels: stage,
  },
  kernelOpened: {
    type: 'counter',
    name: 'acceptbench_kernel_connections_opened_total',
    help: `Connections that came (PassiveOpens). ${host}`,
    labels: [],
  },
  kernelAccepted: {
    type: 'counter',
    name: 'acceptbench_kernel_connections_accepted_total',
    help: `Connections taken off the accept queues: those that came less those that wait. ${host}`,
    labels: [],
  },
  listenOverflows: {
    type: 'counter',
    name: 'acceptbench_kernel_listen_overflows_total',
    help: `Connections refused a place in a full accept queue (ListenOverflows). ${host}`,
    labels: [],
  },
  listenDrops: {
    type: 'counter',
    name: 'acceptbench_kernel_listen_drops_total',
    help: `Connections or SYNs dropped by a listener, for whatever reason (ListenDrops). ${host}`,
    labels: [],
  },
  synRetransmits: {
    type: 'counter',
    name: 'acceptbench_kernel_syn_retransmits_total',
    help: `SYNs or SYN-ACKs sent again (TCPSynRetrans). ${host}`,
    labels: [],
  },
  synQueueFullDrops: {
    type: 'counter',
    name: 'acceptbench_kernel_syn_queue_full_drops_total',
    help: `SYNs dropped for a full queue of unfinished handshakes (TCPReqQFullDrop). ${host}`,
    labels: [],
  },
  synQueueFullCookies: {
    type: 'counter',
    name: 'acceptbench_kernel_syn_queue_full_cookies_total',
    help: `SYNs answered with a cookie for a full queue of unfinished handshakes (TCPReqQFullDoCookies). ${host}`,
    labels: [],
  },
  deferAcceptDrops: {
    type: 'counter',
    name: 'acceptbench_kernel_defer_accept_drops_total',
    help: `Final ACKs without data that TCP_DEFER_ACCEPT ignored (TCPDeferAcceptDrop). ${host}`,
    labels: [],
  },
  halfOpen: {
    type: 'gauge',
    name: 'acceptbench_half_open_connections',
    help: 'Connections to the server whose handshake is not complete (SYN-RECV), when last counted.',
    labels: [],
  },
  cpuSeconds: {
    type: 'counter',
    name: 'acceptbench_process_cpu_seconds_total',
    help: 'CPU time of a process and all it started.',
    labels: process,
  },
  runQueueSeconds: {
    type: 'counter',
    name: 'acceptbench_process_run_queue_seconds_total',
    help: 'Time in which a thread could have run and no core was free, summed over the threads.',
    labels: process,
  },
  residentBytes: {
    type: 'gauge',
    name: 'acceptbench_process_resident_memory_bytes',
    help: 'Resident memory of a process and all it started.',
    labels: process,
  },
  descriptors: {
    type: 'gauge',
    name: 'acceptbench_process_open_descriptors',
    help: 'Open file descriptors of a process and all it started.',
    labels: process,
  },
  stealSeconds: {
    type: 'counter',
    name: 'acceptbench_host_steal_seconds_total',
    help: 'CPU time that the hypervisor gave to others, over all cores.',
    labels: [],
  },
  pressureSeconds: {
    type: 'counter',
    name: 'acceptbench_host_cpu_pressure_seconds_total',
    help: 'Time in which at least one task waited for a core (PSI, some).',
    labels: [],
  },
  samples: {
    type: 'counter',
    name: 'acceptbench_probe_samples_total',
    help: 'Samples of the accept queues that the probe has taken.',
    labels: [],
  },
} as const satisfies Record<string, ProbeDefinition>;

export type ProbeMetric = keyof typeof probeMetrics;

/**
 * Where a request can be, as far as it can be counted at a moment. `process`: accepted and not yet started. `work`: in the
 * handler and not in the offload queue.
 */
export const occupiedStages = ['accept-queue', 'process', 'offload-queue', 'work'] as const;
export type OccupiedStage = (typeof occupiedStages)[number];

/** Values of the label `process`: the server, and the load generator. */
export const processes = ['server', 'load'] as const;
