import type { Cell } from '@acceptbench/results/cell';
import type { LoadResult } from '@acceptbench/results/load';
import type { AcceptQueue, Stage } from '@acceptbench/results/replicate';
import type { MeanOf } from './server-metrics.ts';

export type StagesInput = {
  readonly cell: Cell;
  readonly load: LoadResult;
  readonly acceptQueue: AcceptQueue | null;
  /** Connections accepted from window start to empty; null where the kernel does not say. */
  readonly connectionsAccepted: number | null;
  readonly offloadQueue: MeanOf | null;
  readonly work: MeanOf | null;
};

export type Stages = { readonly stages: Stage[]; readonly notMeasured: string[] };

/** Mean ms per completed request in each stage; what was not measured is left out and said in a sentence. */
export function toStages(input: StagesInput): Stages {
  const { cell, load } = input;
  if (load.completed === 0) {
    return { stages: [], notMeasured: ['Stages: no request was completed, so none has a mean.'] };
  }
  const notMeasured: string[] = [];
  const stages: Stage[] = [
    { stage: 'client-lag', meanMs: load.schedulingLag.mean, source: "mean of k6's scheduling lag" },
  ];
  const queueWait = acceptQueueStage(input);
  if (queueWait !== null) stages.push(queueWait);

  const unseen: string[] = [];
  const offloads = hasOffloadQueue(cell);
  const offloadWait = input.offloadQueue !== null && input.offloadQueue.n > 0 ? input.offloadQueue : null;
  if (offloads && offloadWait === null) {
    unseen.push('the offload queue');
    notMeasured.push(
      input.offloadQueue === null
        ? 'Offload queue: the server does not expose how long jobs wait in it.'
        : 'Offload queue: the server counted no job in it.',
    );
  }
  if (offloads && offloadWait !== null) {
    stages.push({
      stage: 'offload-queue',
      meanMs: offloadWait.meanMs,
      source: `mean of ${offloadWait.n} waits that the server measured`,
    });
  }
  const work = input.work !== null && input.work.n > 0 ? input.work : null;
  if (work !== null) {
    stages.push({ stage: 'work', meanMs: work.meanMs, source: `mean of ${work.n} that the server measured` });
  } else if (cell.work.kind !== 'none') {
    unseen.push('the work');
    notMeasured.push(
      input.work === null
        ? 'Work: the server does not expose how long it takes.'
        : 'Work: the server counted none of it.',
    );
  }

  if (queueWait === null) {
    // The rest would hold the accept queue too, and the whole question is which of the two it was.
    notMeasured.push('Process: without the accept queue it cannot be told from it.');
    return { stages, notMeasured };
  }
  const measured = stages.reduce((sum, stage) => sum + stage.meanMs, 0);
  const with_ = unseen.length === 0 ? '' : `, which includes ${unseen.join(' and ')}`;
  stages.push({
    stage: 'process',
    meanMs: load.responseTime.mean - measured,
    source: `the rest: k6's mean response time less the other stages${with_}`,
  });
  return { stages, notMeasured };
}

/** Little's law: connection-seconds in the queue, shared among those who waited there. */
function acceptQueueStage({ cell, load, acceptQueue, connectionsAccepted }: StagesInput): Stage | null {
  if (acceptQueue === null) return null;
  const { connectionSeconds } = acceptQueue;
  if (cell.policy === 'keep-alive') {
    return {
      stage: 'accept-queue',
      meanMs: (connectionSeconds / load.completed) * 1000,
      source: 'integral of the accept queue over time, per completed request',
    };
  }
  const kernelCounts = connectionsAccepted !== null && connectionsAccepted > 0;
  const connections = kernelCounts ? connectionsAccepted : load.connections;
  if (connections === 0) return null;
  return {
    stage: 'accept-queue',
    meanMs: (connectionSeconds / connections) * 1000,
    source: `integral of the accept queue over time, per connection that ${kernelCounts ? 'the kernel' : 'k6'} opened`,
  };
}

function hasOffloadQueue(cell: Cell): boolean {
  return cell.topology === 'offload' || cell.topology === 'reuseport-offload';
}
