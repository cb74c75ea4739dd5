import type { Measurement, StageName } from '@acceptbench/results/measurement';
import { isMeasured, type Replicate } from '@acceptbench/results/replicate';
import type { Run } from '@acceptbench/results/run';
import { toPlainLine } from '../text/plain.ts';

type Value = string | number | boolean | null | undefined;

/** A column of the CSV; units are in its name. */
export type CsvColumn = {
  readonly name: string;
  /** What it holds, in a clause. */
  readonly says: string;
  readonly of: (replicate: Replicate, run: Run) => Value;
};

/** What a valid replicate measured: of one that does not count nobody shall take the mean, so there it is empty. */
const measured =
  (pick: (measurement: Measurement) => Value): CsvColumn['of'] =>
  (replicate) =>
    replicate.outcome === 'valid' ? pick(replicate) : null;

const stage = (name: StageName): CsvColumn['of'] =>
  measured(({ stages }) => stages.find((each) => each.stage === name)?.meanMs);

/** Every column, in order. */
export const csvColumns: readonly CsvColumn[] = [
  { name: 'run', says: 'id of the run', of: (_, run) => run.id },
  { name: 'run_name', says: 'what its owner called it', of: (_, run) => run.name },
  { name: 'started_at', says: 'start of the replicate, UTC', of: ({ startedAt }) => startedAt },
  { name: 'cell', says: 'id of the cell', of: ({ cell }) => cell.id },
  { name: 'block', says: 'block, from 1', of: ({ block }) => block },
  { name: 'order', says: 'place in the run’s plan, from 1', of: ({ order }) => order },
  {
    name: 'attempt',
    says: '1, or more where an earlier attempt did not count',
    of: ({ attempt }) => attempt,
  },
  { name: 'outcome', says: 'valid, invalid, failed or not-offered', of: ({ outcome }) => outcome },
  { name: 'why', says: 'why it is not valid', of: whyNot },
  { name: 'runtime', says: 'name of the server', of: ({ cell }) => cell.runtime },
  {
    name: 'runtime_version',
    says: 'as the server said',
    of: (replicate) => (isMeasured(replicate) ? replicate.server.version : null),
  },
  { name: 'api', says: 'native or node-http', of: ({ cell }) => cell.api },
  { name: 'topology', says: 'who accepts and who computes', of: ({ cell }) => cell.topology },
  { name: 'workers', says: 'threads or processes that compute', of: ({ cell }) => cell.workers },
  { name: 'listeners', says: 'accept loops', of: ({ cell }) => cell.listeners },
  { name: 'work', says: 'kind of work', of: ({ cell }) => cell.work.kind },
  { name: 'work_iterations', says: 'iterations of it', of: ({ cell }) => cell.work.iterations },
  { name: 'policy', says: 'close or keep-alive', of: ({ cell }) => cell.policy },
  { name: 'backlog', says: 'listen argument; empty: the default', of: ({ cell }) => cell.backlog },
  { name: 'somaxconn', says: 'net.core.somaxconn; empty: the default', of: ({ cell }) => cell.somaxconn },
  { name: 'queue_limit', says: 'of the offload queue; empty: none', of: ({ cell }) => cell.queueLimit },
  { name: 'arm', says: 'a or b, in an A/A run', of: ({ cell }) => cell.arm },
  { name: 'load', says: 'kind of load', of: ({ cell }) => cell.load.kind },
  { name: 'window_s', says: 'length of the measured window', of: ({ cell }) => cell.load.durationSeconds },
  { name: 'offered_per_s', says: 'arrivals that were planned', of: offered },
  {
    name: 'accepted_per_s',
    says: 'connections off the accept queue',
    of: measured(({ rates }) => rates.acceptedPerSecond),
  },
  {
    name: 'completed_per_s',
    says: 'right responses within the window',
    of: measured(({ rates }) => rates.completedPerSecond),
  },
  {
    name: 'ceiling_per_s',
    says: 'the highest rate that the work allows',
    of: measured(({ ceilingPerSecond }) => ceilingPerSecond),
  },
  {
    name: 'response_mean_ms',
    says: 'mean response time',
    of: measured(({ responseTimeMs }) => responseTimeMs.mean),
  },
  { name: 'response_p50_ms', says: 'its median', of: measured(({ responseTimeMs }) => responseTimeMs.p50) },
  { name: 'response_p90_ms', says: 'its p90', of: measured(({ responseTimeMs }) => responseTimeMs.p90) },
  { name: 'response_p99_ms', says: 'its p99', of: measured(({ responseTimeMs }) => responseTimeMs.p99) },
  {
    name: 'response_max_ms',
    says: 'the longest',
    of: measured(({ responseTimeMs }) => responseTimeMs.max),
  },
  { name: 'stage_client_lag_ms', says: 'mean: the generator’s own lag', of: stage('client-lag') },
  { name: 'stage_resend_ms', says: 'mean: SYNs dropped and sent again', of: stage('resend') },
  { name: 'stage_accept_queue_ms', says: 'mean wait in the accept queue', of: stage('accept-queue') },
  { name: 'stage_process_ms', says: 'mean: accepted and not started', of: stage('process') },
  { name: 'stage_offload_queue_ms', says: 'mean wait for a CPU worker', of: stage('offload-queue') },
  { name: 'stage_work_ms', says: 'mean service time', of: stage('work') },
  { name: 'stage_reply_ms', says: 'mean: from computed to read', of: stage('reply') },
  {
    name: 'residual_ms',
    says: 'mean response time less the stages',
    of: measured(({ residualMs }) => residualMs),
  },
  {
    name: 'accept_queue_mean',
    says: 'connections waiting, mean over the window',
    of: measured(({ acceptQueue }) => acceptQueue?.mean),
  },
  { name: 'accept_queue_max', says: 'most seen', of: measured(({ acceptQueue }) => acceptQueue?.max) },
  {
    name: 'accept_queue_limit',
    says: 'effective backlog, over all listeners',
    of: measured(({ acceptQueue }) => acceptQueue?.limit),
  },
  {
    name: 'overflows',
    says: 'connections refused a place',
    of: measured(({ acceptQueue }) => acceptQueue?.overflows),
  },
  { name: 'syn_retransmits', says: 'SYNs sent again', of: measured(({ kernel }) => kernel.synRetrans) },
  { name: 'requests_started', says: 'by the generator', of: measured(({ requests }) => requests.started) },
  { name: 'requests_dropped', says: 'never started', of: measured(({ requests }) => requests.dropped) },
  { name: 'requests_completed', says: 'right ones', of: measured(({ requests }) => requests.completed) },
  { name: 'requests_failed', says: 'none, or a wrong one', of: measured(({ requests }) => requests.failed) },
  { name: 'requests_shed', says: 'answered with 503', of: measured(({ requests }) => requests.shed) },
  {
    name: 'lag_p99_ms',
    says: 'p99 of the generator’s scheduling lag',
    of: measured(({ schedulingLagMs }) => schedulingLagMs?.p99),
  },
  { name: 'server_cpu_s', says: 'CPU time of the server', of: measured(({ cpu }) => cpu.serverSeconds) },
  { name: 'generator_cpu_s', says: 'CPU time of the generator', of: measured(({ cpu }) => cpu.loadSeconds) },
  {
    name: 'steal_s',
    says: 'CPU time that the hypervisor gave to others',
    of: measured(({ cpu }) => cpu.stealSeconds),
  },
  {
    name: 'server_rss_bytes',
    says: 'resident memory, most seen',
    of: measured(({ peak }) => peak.serverRssBytes),
  },
];

/**
 * The replicates as CSV (RFC 4180: lines end in CRLF, quotes are doubled), a header line and then one line each. What is not
 * there is empty. Figures have all their digits, a point, and no separator of thousands.
 */
export function renderCsv(run: Run, replicates: readonly Replicate[]): string {
  const lines = [
    csvColumns.map(({ name }) => name),
    ...replicates.map((replicate) => csvColumns.map(({ of }) => toField(of(replicate, run)))),
  ];
  return lines.map((fields) => `${fields.join(',')}\r\n`).join('');
}

function toField(value: Value): string {
  if (value === null || value === undefined) return '';
  if (typeof value !== 'string') return String(value);
  const plain = toPlainLine(value);
  // A spreadsheet runs a text that starts like this as a formula, and a server can write it.
  const text = /^[=+\-@]/.test(plain) ? `'${plain}` : plain;
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

function whyNot(replicate: Replicate): Value {
  switch (replicate.outcome) {
    case 'valid':
      return null;
    case 'invalid':
      return replicate.reasons.map(({ gate, reason }) => `${gate}: ${reason}`).join('; ');
    case 'failed':
      return `${replicate.phase}: ${replicate.error}`;
    case 'not-offered':
      return replicate.reason;
  }
}

function offered({ cell: { load } }: Replicate): Value {
  return load.kind === 'constant-arrival-rate' ? load.ratePerSecond : null;
}
