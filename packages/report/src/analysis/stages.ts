import type { Cell } from '@acceptbench/results/cell';
import { isTraced, type LoadResult, type TracedLoad } from '@acceptbench/results/load';
import type { AcceptQueue, Stage } from '@acceptbench/results/measurement';
import type { Occupied } from './occupancy.ts';
import type { MeanOf } from './server-metrics.ts';

export type StagesInput = {
  readonly cell: Cell;
  readonly load: LoadResult;
  readonly acceptQueue: AcceptQueue | null;
  /** Connections accepted from window start to empty; null where the kernel does not say. */
  readonly connectionsAccepted: number | null;
  /** From the intended start until the kernel let the connection in, where the queue overflowed or a link delays; null elsewhere. */
  readonly letIn: Occupied | null;
  readonly hasOverflowed: boolean;
  /** Accepted and not yet started; null where nobody says. Means nothing where a connection brings many requests. */
  readonly process: Occupied | null;
  /** From sent by the client until started; null where nobody says. */
  readonly sentToStarted: Occupied | null;
  readonly offloadQueue: MeanOf | null;
  readonly work: MeanOf | null;
  /** From started until the reply was handed back. */
  readonly handler: MeanOf | null;
  /** From the reply handed back until the client had it. */
  readonly transit: Occupied | null;
};

export type Stages = {
  readonly stages: Stage[];
  /** k6's mean less the sum of the stages, ms; null where the sum is made to fit, or is not whole. */
  readonly residualMs: number | null;
  readonly notMeasured: string[];
};

/** Mean ms per completed request in each stage; what was not measured is left out and said in a sentence. */
export function toStages(input: StagesInput): Stages {
  const { cell, load } = input;
  if (load.completed === 0) {
    const sentence = 'Stages: no request was completed, so none has a mean.';
    return { stages: [], residualMs: null, notMeasured: [sentence] };
  }
  const notMeasured: string[] = [];
  const unseen: string[] = [];
  const queueWait = acceptQueueStage(input);
  const offloadWait = seen(input.offloadQueue);
  const work = seen(input.work);
  if (hasOffloadQueue(cell) && offloadWait === null) {
    unseen.push('the offload queue');
    notMeasured.push(
      input.offloadQueue === null
        ? 'Offload queue: the server does not expose how long jobs wait in it.'
        : 'Offload queue: the server counted no job in it.',
    );
  }
  if (cell.work.kind !== 'none' && work === null) {
    unseen.push('the work');
    notMeasured.push(
      input.work === null
        ? 'Work: the server does not expose how long it takes.'
        : 'Work: the server counted none of it.',
    );
  }
  const stages: Stage[] = [
    ...(isTraced(load) ? clientStages(load, input) : []),
    ...(queueWait === null ? [] : [queueWait]),
  ];
  const inside: Stage[] = [];
  if (hasOffloadQueue(cell) && offloadWait !== null) {
    inside.push(
      stage('offload-queue', offloadWait.meanMs, `mean of ${offloadWait.n} waits that the server measured`),
    );
  }
  if (work !== null) inside.push(stage('work', work.meanMs, `mean of ${work.n} that the server measured`));
  const reply = replyStage(input, inside);

  if (!isTraced(load)) {
    // It starts a request when it has a response, and tells of neither: what is left of its mean is no stage.
    notMeasured.push('Process and reply: the load generator does not say when its requests began and ended.');
    return { stages: [...stages, ...inside], residualMs: null, notMeasured };
  }
  if (queueWait === null) {
    // The rest would hold the accept queue too, and the whole question is which of the two it was.
    notMeasured.push('Process: without the accept queue it cannot be told from it.');
    return { stages: [...stages, ...inside], residualMs: null, notMeasured };
  }
  const process = processStage(input, queueWait);
  if (process !== null && reply !== null && unseen.length === 0) {
    const all = [...stages, process, ...inside, reply];
    if (input.hasOverflowed && input.letIn === null) {
      const which = 'more than a few connections that the kernel opened brought no right response';
      notMeasured.push(`Resend is what the client’s connects show, and may be more: ${which}.`);
      return { stages: all, residualMs: null, notMeasured };
    }
    return { stages: all, residualMs: load.responseTime.mean - sumOf(all), notMeasured };
  }
  if (process !== null && input.handler !== null && input.transit === null && unseen.length === 0) {
    // Their clocks are not one: how long a reply is on its way nobody has measured.
    const others = [...stages, process, ...inside];
    const meanMs = load.responseTime.mean - sumOf(others);
    const source = 'the rest: the mean response time less the other stages, with the ways there and back';
    return {
      stages: [...others, { stage: 'reply', meanMs, source, isRest: true }],
      residualMs: null,
      notMeasured,
    };
  }
  if (unseen.length === 0) {
    notMeasured.push(
      'Process by itself: the server does not say how many requests it has started and finished.',
    );
  }
  // Without these the reply cannot be told from the process either, so both are in the rest.
  const includes = ['the reply', ...unseen].join(', ');
  const rest = load.responseTime.mean - sumOf([...stages, ...inside]);
  const source = `the rest: the mean response time less the other stages, which includes ${includes}`;
  return {
    stages: [...stages, { stage: 'process', meanMs: rest, source, isRest: true }, ...inside],
    residualMs: null,
    notMeasured,
  };
}

function stage(name: Stage['stage'], meanMs: number, source: string): Stage {
  return { stage: name, meanMs, source, isRest: false };
}

const sumOf = (stages: readonly Stage[]) => stages.reduce((sum, { meanMs }) => sum + meanMs, 0);
const seen = (mean: MeanOf | null) => (mean !== null && mean.n > 0 ? mean : null);

/**
 * The time before the connection stood, as the generator saw it. On loopback the handshake is done inside the client's connect; over a
 * link that delays, the way of its last packet comes after that, and the kernel's own moment has it.
 */
function clientStages(
  load: TracedLoad,
  { letIn, hasOverflowed }: Pick<StagesInput, 'letIn' | 'hasOverflowed'>,
): Stage[] {
  const lag = load.schedulingLag.mean + load.openingMs / load.completed;
  const lagSource = "mean of the generator's scheduling lag, and of its opening a connection";
  if (letIn !== null && hasOverflowed) {
    const resend = stage('resend', letIn.meanMs - lag, `${letIn.source}, − client lag`);
    return [stage('client-lag', lag, lagSource), resend];
  }
  const resend = stage(
    'resend',
    load.resendingMs / load.completed,
    `the generator's connecting time of the ${load.resent} requests for which it was 0.9 s or more: a SYN is sent again after 1 s`,
  );
  return letIn === null
    ? [stage('client-lag', lag, lagSource), resend]
    : [stage('client-lag', letIn.meanMs - resend.meanMs, `${letIn.source}, − resend`), resend];
}

/** Where a connection brings one request, what is accepted is counted; else it is the way there that the accept queue leaves. */
function processStage({ cell, process, sentToStarted }: StagesInput, queueWait: Stage): Stage | null {
  if (cell.policy === 'close')
    return process === null ? null : stage('process', process.meanMs, process.source);
  if (sentToStarted === null) return null;
  const { meanMs, source } = sentToStarted;
  return stage('process', meanMs - queueWait.meanMs, `${source}, less the accept queue`);
}

/** What is not waiting for a worker and not work, of the time in the handler; and the way to the client. */
function replyStage({ handler, transit }: StagesInput, inside: readonly Stage[]): Stage | null {
  if (handler === null || handler.n === 0 || transit === null) return null;
  return stage(
    'reply',
    handler.meanMs - sumOf(inside) + transit.meanMs,
    `the server's mean time in the handler less waiting and work; and ${transit.source}`,
  );
}

/** Little's law: connection-seconds in the queue, shared among those who waited there. */
function acceptQueueStage({ cell, load, acceptQueue, connectionsAccepted }: StagesInput): Stage | null {
  if (acceptQueue === null) return null;
  const { connectionSeconds } = acceptQueue;
  if (cell.policy === 'keep-alive') {
    return stage(
      'accept-queue',
      (connectionSeconds / load.completed) * 1000,
      'integral of the accept queue over time, per completed request',
    );
  }
  const kernelCounts = connectionsAccepted !== null && connectionsAccepted > 0;
  const connections = kernelCounts ? connectionsAccepted : load.connections;
  if (connections === null || connections === 0) return null;
  return stage(
    'accept-queue',
    (connectionSeconds / connections) * 1000,
    `integral of the accept queue over time, per connection that ${kernelCounts ? 'the kernel' : 'the generator'} opened`,
  );
}

function hasOffloadQueue(cell: Cell): boolean {
  return cell.topology === 'offload' || cell.topology === 'reuseport-offload';
}
