import {
  dataReply,
  overloaded,
  type PlainReply,
  type PlainRequest,
  route,
  workFailed,
} from '@acceptbench/handler/routes';
import type { WorkResult } from '@acceptbench/handler/work';
import type { Recorder } from '@acceptbench/metrics/recorder';
import type { JobOutcome, JobQueue } from './offloadQueue.ts';

/**
 * A reply that is still being worked on. `abandon` says that the client has gone: the promise then resolves with null at
 * once, so that nothing waits for a reply that nobody will read.
 */
export interface PendingReply {
  readonly promise: Promise<PlainReply | null>;
  abandon(): void;
}

/** Who does the work: this thread, or the workers behind a queue. */
export type Labour =
  | { readonly kind: 'inline'; readonly run: () => WorkResult }
  | { readonly kind: 'offload'; readonly queue: JobQueue };

/** One accept loop's share of a server: answers requests, and records that it did. */
export class App {
  readonly #labour: Labour;
  readonly #recorder: Recorder;
  readonly #now: () => number;

  readonly #metrics: () => Promise<PlainReply>;

  constructor(labour: Labour, recorder: Recorder, now: () => number, metrics: () => Promise<PlainReply>) {
    this.#labour = labour;
    this.#recorder = recorder;
    this.#now = now;
    this.#metrics = metrics;
  }

  connectionAccepted(): void {
    this.#recorder.connectionAccepted();
  }

  connectionClosed(): void {
    this.#recorder.connectionClosed();
  }

  /** Records that a request began; the adapter hands the moment back in {@link finished}. */
  started(): number {
    this.#recorder.requestStarted();
    return this.#now();
  }

  /** Records that its reply was handed back. Each started request ends in this or in {@link aborted}, once. */
  finished(status: number, startedAt: number): void {
    this.#recorder.requestFinished(status, (this.#now() - startedAt) / 1000);
  }

  /** Records that its client went away first. */
  aborted(): void {
    this.#recorder.requestAborted();
  }

  /** The reply to a request, now or later. Inline work is done before this returns. */
  respond(request: PlainRequest): PlainReply | PendingReply {
    const routed = route(request);
    if (routed.kind === 'reply') return routed.reply;
    if (routed.kind === 'metrics') return { promise: this.#metrics(), abandon: () => {} };
    if (this.#labour.kind === 'inline') return this.#compute(this.#labour.run);
    return offload(this.#labour.queue);
  }

  #compute(run: () => WorkResult): PlainReply {
    const startedAt = this.#now();
    const result = run();
    this.#recorder.workDone((this.#now() - startedAt) / 1000);
    return dataReply(result);
  }
}

function offload(queue: JobQueue): PlainReply | PendingReply {
  const { promise, resolve } = Promise.withResolvers<PlainReply | null>();
  const submitted = queue.submit((outcome) => {
    resolve(replyTo(outcome));
  });
  if (submitted === 'shed') return overloaded;
  const abandon = () => {
    submitted.abandon();
    resolve(null);
  };
  return { promise, abandon };
}

function replyTo(outcome: JobOutcome): PlainReply {
  switch (outcome.state) {
    case 'done':
      return { ...jsonReply, body: outcome.body };
    case 'shed':
      return overloaded;
    case 'failed':
      return workFailed;
  }
}

/** A worker hands back the body; the rest of the reply is the same every time. */
const jsonReply = dataReply({ street: '', city: '', count: 0 });
