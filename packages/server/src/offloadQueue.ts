import type { Recorder } from '@acceptbench/metrics/recorder';
import { allocateJobChannel, OwnerEnd } from './jobChannel.ts';
import type { ThreadHandle } from './platform.ts';
import { fromCpuWorker } from './protocol.ts';

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
  channel: OwnerEnd;
  ready: boolean;
  /** Jobs handed over and not back yet, in order: the one being done, and at most one ahead. */
  held: QueuedJob[];
}

/** A worker without a job comes before a place ahead at a busy one. */
const holdings = [0, 1] as const;

/** How often the owner looks for more that has ended before it goes on with other events. */
const looksPerCall = 16;

export interface OffloadQueueOptions {
  readonly workers: number;
  /** Jobs that may wait; null is no limit. A job that a free worker takes at once does not wait. */
  readonly limit: number | null;
  /** Starts the thread of a worker and sends it what it needs; `channel` is its end of {@link OwnerEnd}. */
  readonly startWorker: (index: number, channel: SharedArrayBuffer) => ThreadHandle;
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
    let ahead = 0;
    for (const { held } of this.#workers) ahead += Math.max(0, held.length - 1);
    return this.#waiting.length - this.#front - this.#abandonedWaiting + ahead;
  }

  submit(settle: (outcome: JobOutcome) => void): Job | 'shed' {
    const { limit, recorder, now } = this.#options;
    if (
      limit !== null &&
      this.length >= limit &&
      !this.#workers.some(({ ready, held }) => ready && held.length === 0)
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
    const worker: Worker = { index, ...this.#startThread(index), ready: false, held: [] };
    this.#listen(worker);
    return worker;
  }

  #startThread(index: number): { thread: ThreadHandle; channel: OwnerEnd } {
    const memory = allocateJobChannel();
    return { thread: this.#options.startWorker(index, memory), channel: new OwnerEnd(memory) };
  }

  #listen(worker: Worker): void {
    const { thread } = worker;
    thread.onMessage((message) => {
      if (worker.thread === thread) this.#called(worker, fromCpuWorker(message).kind);
    });
    thread.onExit((reason) => {
      if (worker.thread === thread && !this.#closed) this.#replace(worker, reason);
    });
  }

  #called(worker: Worker, kind: 'ready' | 'ended'): void {
    if (kind === 'ready') {
      worker.ready = true;
      if (this.#workers.every(({ ready }) => ready)) this.#ready.resolve();
      this.#dispatch();
      return;
    }
    // What ends while the owner is here needs no call: a call costs more than a short job.
    for (let look = 0; look < looksPerCall && this.#collectAll(); look += 1);
    worker.channel.answerCall();
    this.#collectAll();
  }

  /** Takes what has ended off the workers' hands. Whether there was anything. */
  #collectAll(): boolean {
    const ended = this.#workers.flatMap(collect);
    if (ended.length === 0) return false;
    // The workers go on before their last outcomes become replies.
    this.#dispatch();
    for (const { job, outcome } of ended) settle(job, outcome);
    return true;
  }

  /**
   * The job that it had begun fails, the one ahead goes back to where it came from, and a new worker takes its place; one
   * that never got ready would only die again.
   */
  #replace(worker: Worker, reason: string): void {
    const ended = collect(worker);
    const { held, channel, index } = worker;
    const lost = held.slice(0, channel.begun);
    const unbegun = held.slice(lost.length);
    worker.held = [];
    if (worker.ready) {
      worker.ready = false;
      this.#options.recorder.workerRestarted();
      Object.assign(worker, this.#startThread(index));
      this.#listen(worker);
    } else {
      this.#options.onFatal(`CPU worker ${index} ended before it was ready: ${reason}`);
    }
    for (const job of unbegun) this.#giveBack(job);
    this.#dispatch();
    for (const { job, outcome } of ended) settle(job, outcome);
    for (const job of lost) settle(job, { state: 'failed', error: `the CPU worker died: ${reason}` });
  }

  /** Puts a job back among those that wait, where its turn is. */
  #giveBack(job: QueuedJob): void {
    if (job.settle === undefined) {
      this.#options.recorder.jobAbandoned();
      return;
    }
    let place = this.#front;
    while ((this.#waiting[place]?.id ?? Number.POSITIVE_INFINITY) < job.id) place += 1;
    this.#waiting.splice(place, 0, job);
  }

  #abandon(job: QueuedJob): void {
    if (job.settle === undefined) return;
    job.settle = undefined;
    const held = this.#workers.some((worker) => worker.held.includes(job));
    if (held) return;
    this.#options.recorder.jobAbandoned();
    this.#abandonedWaiting += 1;
    this.#options.recorder.offloadQueueLength(this.length);
  }

  /** Hands waiting jobs over: first to workers that have none, then one ahead to each of the others. */
  #dispatch(): void {
    for (const holding of holdings) {
      for (const worker of this.#workers) {
        if (!worker.ready || worker.held.length !== holding) continue;
        const job = this.#take();
        if (job === undefined) break;
        worker.held.push(job);
        worker.channel.submit(job.queuedAt);
      }
    }
    for (const { channel } of this.#workers) channel.announce();
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

interface EndedJob {
  readonly job: QueuedJob;
  readonly outcome: JobOutcome;
}

/** Takes what has ended off a worker's hands, in order. */
function collect({ channel, held }: Worker): EndedJob[] {
  const ended: EndedJob[] = [];
  for (let outcome = channel.collect(); outcome !== undefined; outcome = channel.collect()) {
    const job = held.shift();
    if (job !== undefined) ended.push({ job, outcome });
  }
  return ended;
}

/** Tells who waits for a job how it ended, unless its client has gone. */
function settle(job: QueuedJob, outcome: JobOutcome): void {
  const notify = job.settle;
  job.settle = undefined;
  notify?.(outcome);
}
