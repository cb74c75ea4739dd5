import type { Job, JobOutcome, JobQueue } from './offloadQueue.ts';
import type { FromAcceptThread } from './protocol.ts';

/** The offload queue as an accept thread sees it: the queue itself is with the thread's owner, one for all of them. */
export class RemoteQueue implements JobQueue {
  readonly #post: (message: FromAcceptThread) => void;
  readonly #waiting = new Map<number, (outcome: JobOutcome) => void>();
  #nextId = 1;

  constructor(post: (message: FromAcceptThread) => void) {
    this.#post = post;
  }

  submit(settle: (outcome: JobOutcome) => void): Job {
    const id = this.#nextId;
    this.#nextId += 1;
    this.#waiting.set(id, settle);
    this.#post({ kind: 'submit', id });
    return {
      abandon: () => {
        if (this.#waiting.delete(id)) this.#post({ kind: 'abandon', id });
      },
    };
  }

  /** The owner's queue has settled a job; one that was abandoned meanwhile is passed over. */
  settled(id: number, outcome: JobOutcome): void {
    const settle = this.#waiting.get(id);
    this.#waiting.delete(id);
    settle?.(outcome);
  }
}

/** The owner's end: puts an accept thread's jobs into the queue and sends back how they ended. */
export function serveRemoteQueue(
  queue: JobQueue,
  reply: (id: number, outcome: JobOutcome) => void,
): (message: { readonly kind: 'submit' | 'abandon'; readonly id: number }) => void {
  const jobs = new Map<number, Job>();
  return ({ kind, id }) => {
    if (kind === 'abandon') {
      jobs.get(id)?.abandon();
      jobs.delete(id);
      return;
    }
    const job = queue.submit((outcome) => {
      jobs.delete(id);
      reply(id, outcome);
    });
    if (job === 'shed') reply(id, { state: 'shed' });
    else jobs.set(id, job);
  };
}
