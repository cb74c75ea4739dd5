import type { Recorder } from '@acceptbench/metrics/recorder';
import type { ThreadHandle } from './platform.ts';
import { type CpuMessage, fromCpuWorker } from './protocol.ts';

/** How a job that was not abandoned ended. `body` is the reply's JSON; `shed` came back from a queue that is elsewhere. */
export type JobOutcome =
  | { readonly state: 'done'; readonly body: string }
  | { readonly state: 'shed' }
  | { readonly state: 'failed'; readonly error: string };

export interface Job {
  /** The client has gone: a job still waiting is dropped and counted, a job at a worker runs out unheard. */
  abandon(): void;
}

/** A queue that takes jobs: here, or in another thread. */
export interface JobQueue {
  /** Queues a job; `settle` is called once, unless the job is abandoned first or shed at once. */
  submit(settle: (outcome: JobOutcome) => void): Job | 'shed';
}

interface QueuedJob {
  readonly id: number;
  readonly queuedAt: number;
  settle: ((outcome: JobOutcome) => void) | undefined;
}

interface Worker {
  readonly index: number;
  thread: ThreadHandle;
  ready: boolean;
  /** Jobs handed over and not back yet: the one being done, and at most one ahead. */
  readonly held: Map<number, QueuedJob>;
}

export interface OffloadQueueOptions {
  readonly workers: number;
  /** Jobs that may wait; null is no limit. A job that a free worker takes at once does not wait. */
  readonly limit: number | null;
  /** Starts the thread of a worker and sends it what it needs. */
  readonly startWorker: (index: number) => ThreadHandle;
  readonly recorder: Recorder;
  readonly now: () => number;
  /** A worker died before it was ready: the server can't do its work. */
  readonly onFatal: (message: string) => void;
}

/**
 * The central queue between the accept loop and the CPU workers: first in, first out. A worker holds the job it does
 * and at most one ahead, so that it need not wait for the accept loop between two jobs.
 */
export class OffloadQueue implements JobQueue {
  readonly #options: OffloadQueueOptions;
  readonly #workers: Worker[];
  readonly #ready = Promise.withResolvers<void>();
  #waiting: QueuedJob[] = [];
  /** Index of the oldest waiting job: taking from the front moves this, not the array. */
  #front = 0;
  #abandonedWaiting = 0;
  #nextId = 1;
  #closed = false;

  constructor(options: OffloadQueueOptions) {
    this.#options = options;
    this.#workers = Array.from({ length: options.workers }, (_, index) => this.#start(index));
  }

  /** Resolves when every worker has compiled its work. */
  get ready(): Promise<void> {
    return this.#ready.promise;
  }

  /** Jobs that no worker has begun. */
  get length(): number {
    const ahead = this.#workers.reduce((sum, { held }) => sum + Math.max(0, held.size - 1), 0);
    return this.#waiting.length - this.#front - this.#abandonedWaiting + ahead;
  }

  submit(settle: (outcome: JobOutcome) => void): Job | 'shed' {
    const { limit, recorder, now } = this.#options;
    if (
      limit !== null &&
      this.length >= limit &&
      !this.#workers.some(({ ready, held }) => ready && held.size === 0)
    ) {
      recorder.jobShed();
      return 'shed';
    }
    const job: QueuedJob = { id: this.#nextId, queuedAt: now(), settle };
    this.#nextId += 1;
    this.#waiting.push(job);
    this.#dispatch();
    return { abandon: () => this.#abandon(job) };
  }

  /** Ends the workers. Jobs still held or waiting are not answered: drain first. */
  close(): void {
    this.#closed = true;
    for (const { thread } of this.#workers) thread.terminate();
  }

  #start(index: number): Worker {
    const worker: Worker = { index, thread: this.#options.startWorker(index), ready: false, held: new Map() };
    this.#listen(worker);
    return worker;
  }

  #listen(worker: Worker): void {
    const { thread } = worker;
    thread.onMessage((message) => {
      if (worker.thread === thread) this.#received(worker, fromCpuWorker(message));
    });
    thread.onExit((reason) => {
      if (worker.thread === thread && !this.#closed) this.#replace(worker, reason);
    });
  }

  #received(worker: Worker, message: CpuMessage): void {
    if (message.kind === 'ready') {
      worker.ready = true;
      if (this.#workers.every(({ ready }) => ready)) this.#ready.resolve();
    } else {
      const job = worker.held.get(message.id);
      worker.held.delete(message.id);
      settle(
        job,
        message.kind === 'done'
          ? { state: 'done', body: message.body }
          : { state: 'failed', error: message.error },
      );
    }
    this.#dispatch();
  }

  /** Its jobs fail, and a new worker takes its place; one that never got ready would only die again. */
  #replace(worker: Worker, reason: string): void {
    const lost = [...worker.held.values()];
    worker.held.clear();
    if (worker.ready) {
      worker.ready = false;
      this.#options.recorder.workerRestarted();
      worker.thread = this.#options.startWorker(worker.index);
      this.#listen(worker);
    } else {
      this.#options.onFatal(`CPU worker ${worker.index} ended before it was ready: ${reason}`);
    }
    for (const job of lost) settle(job, { state: 'failed', error: `the CPU worker died: ${reason}` });
    this.#dispatch();
  }

  #abandon(job: QueuedJob): void {
    if (job.settle === undefined) return;
    job.settle = undefined;
    const held = this.#workers.some((worker) => worker.held.has(job.id));
    if (held) return;
    this.#options.recorder.jobAbandoned();
    this.#abandonedWaiting += 1;
    this.#options.recorder.offloadQueueLength(this.length);
  }

  /** Hands waiting jobs over: first to workers that have none, then one ahead to each of the others. */
  #dispatch(): void {
    for (const holding of [0, 1]) {
      for (const worker of this.#workers) {
        if (!worker.ready || worker.held.size !== holding) continue;
        const job = this.#take();
        if (job === undefined) break;
        worker.held.set(job.id, job);
        worker.thread.post({ id: job.id, queuedAt: job.queuedAt });
      }
    }
    this.#options.recorder.offloadQueueLength(this.length);
  }

  #take(): QueuedJob | undefined {
    while (this.#front < this.#waiting.length) {
      const job = this.#waiting[this.#front];
      this.#front += 1;
      if (this.#front > 1024 && this.#front * 2 > this.#waiting.length) {
        this.#waiting = this.#waiting.slice(this.#front);
        this.#front = 0;
      }
      if (job?.settle !== undefined) return job;
      this.#abandonedWaiting -= 1;
    }
    return undefined;
  }
}

function settle(job: QueuedJob | undefined, outcome: JobOutcome): void {
  const notify = job?.settle;
  if (job === undefined || notify === undefined) return;
  job.settle = undefined;
  notify(outcome);
}
