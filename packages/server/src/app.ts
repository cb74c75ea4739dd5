import {
  dataReply,
  metricsFailed,
  overloaded,
  type PlainReply,
  type PlainRequest,
  type Routed,
  route,
  workFailed,
} from '@acceptbench/handler/routes';
import type { WorkResult } from '@acceptbench/handler/work';
import type { Recorder } from '@acceptbench/metrics/recorder';
import type { JobOutcome, JobQueue } from './offloadQueue.ts';
import { Pending, type PendingReply } from './pendingReply.ts';

/** Who does the work: this thread, or the workers behind a queue. */
export type Labour =
  | { readonly kind: 'inline'; readonly run: () => WorkResult }
  | { readonly kind: 'offload'; readonly queue: JobQueue };

/**
 * One accept loop's share of a server: answers requests, and records that it did. Where the work is `none` this is what a
 * server costs, so it reads the clock no more often than it must and makes no object that it could do without.
 */
export class App {
  readonly #labour: Labour;
  readonly #recorder: Recorder;
  readonly #now: () => number;
  readonly #metrics: () => Promise<PlainReply>;
  /** The last request and where it led: most requests are the same as the one before. */
  #method = '';
  #target = '';
  #routed: Routed;
  /** When the work of this request, done on this thread, had ended; 0 while there is none. */
  #workedUntil = 0;

  constructor(labour: Labour, recorder: Recorder, now: () => number, metrics: () => Promise<PlainReply>) {
    this.#labour = labour;
    this.#recorder = recorder;
    this.#now = now;
    this.#metrics = metrics;
    this.#routed = route({ method: this.#method, target: this.#target });
  }

  connectionAccepted(): void {
    this.#recorder.connectionAccepted(this.#now());
  }

  connectionClosed(): void {
    this.#recorder.connectionClosed();
  }

  /**
   * Answers a request where a reply is a value that is handed back, and its runtime says nothing of it after: the request
   * counts as finished when there is a reply, and as aborted when it was abandoned first. Inline work is done on return.
   */
  answer(request: PlainRequest): PlainReply | PendingReply {
    const startedAt = this.started();
    this.#workedUntil = 0;
    const answer = this.#respond(request, startedAt, true);
    if (!('promise' in answer)) {
      // What was computed here has just been timed.
      const now = this.#workedUntil === 0 ? this.#now() : this.#workedUntil;
      this.#recorder.requestFinished(answer.status, startedAt, now);
    }
    return answer;
  }

  /** Records that a request began, and when: for {@link respond} and then {@link finished}. */
  started(): number {
    this.#recorder.requestStarted();
    return this.#now();
  }

  /**
   * Answers a request where the runtime says when a reply has been written: {@link finished} or {@link aborted} is to follow,
   * once. Inline work is done on return.
   */
  respond(request: PlainRequest, startedAt: number): PlainReply | PendingReply {
    return this.#respond(request, startedAt, false);
  }

  /** Records that a reply was written. */
  finished(status: number, startedAt: number): void {
    this.#recorder.requestFinished(status, startedAt, this.#now());
  }

  /** Records that its client went away first. */
  aborted(): void {
    this.#recorder.requestAborted();
  }

  /** @param counts whether the end of a pending reply is recorded here */
  #respond(request: PlainRequest, startedAt: number, counts: boolean): PlainReply | PendingReply {
    const routed = this.#route(request);
    switch (routed.kind) {
      case 'reply':
        return routed.reply;
      case 'metrics':
        return this.#showMetrics(this.#pending(startedAt, counts));
      case 'work':
        return this.#labour.kind === 'inline'
          ? this.#compute(this.#labour.run, startedAt)
          : offload(this.#labour.queue, this.#pending(startedAt, counts));
    }
  }

  #pending(startedAt: number, counts: boolean): Pending {
    if (!counts) return new Pending(() => {});
    return new Pending((reply) => {
      if (reply === null) this.aborted();
      else this.finished(reply.status, startedAt);
    });
  }

  #route({ method, target }: PlainRequest): Routed {
    if (target !== this.#target || method !== this.#method) {
      this.#routed = route({ method, target });
      this.#method = method;
      this.#target = target;
    }
    return this.#routed;
  }

  /** @param startedAt when the request began: on this thread, that is when its work begins */
  #compute(run: () => WorkResult, startedAt: number): PlainReply {
    const reply = attempt(run);
    this.#workedUntil = this.#now();
    this.#recorder.workDone((this.#workedUntil - startedAt) / 1000);
    return reply;
  }

  #showMetrics(pending: Pending): PendingReply {
    this.#metrics().then(
      (reply) => pending.settle(reply),
      () => pending.settle(metricsFailed),
    );
    return pending;
  }
}

function attempt(run: () => WorkResult): PlainReply {
  try {
    return dataReply(run());
  } catch {
    return workFailed; // As when a CPU worker throws.
  }
}

function offload(queue: JobQueue, pending: Pending): PlainReply | PendingReply {
  const job = queue.submit((outcome) => pending.settle(replyTo(outcome)));
  if (job === 'shed') return overloaded;
  pending.onAbandon = job.abandon;
  return pending;
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
