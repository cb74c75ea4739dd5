import type { PlainReply } from '@acceptbench/handler/routes';

/** A reply that is still being worked on. */
export interface PendingReply {
  /** Resolves once: with the reply, or with null when the client had gone before there was one. */
  readonly promise: Promise<PlainReply | null>;
  /** The client has gone. Nothing waits for its reply any more; where there is one already, this does nothing. */
  abandon(): void;
}

/** A {@link PendingReply} from within: whoever comes first, the reply or the client's going, decides at that moment. */
export class Pending implements PendingReply {
  readonly promise: Promise<PlainReply | null>;
  /** Stops what is being done for the reply. */
  onAbandon: (() => void) | undefined;
  readonly #resolve: (reply: PlainReply | null) => void;
  readonly #onEnd: (reply: PlainReply | null) => void;
  #over = false;

  /** @param onEnd told how it ended, once, before the promise is */
  constructor(onEnd: (reply: PlainReply | null) => void) {
    const { promise, resolve } = Promise.withResolvers<PlainReply | null>();
    this.promise = promise;
    this.#resolve = resolve;
    this.#onEnd = onEnd;
  }

  settle(reply: PlainReply): void {
    this.#end(reply);
  }

  abandon(): void {
    if (this.#end(null)) this.onAbandon?.();
  }

  #end(reply: PlainReply | null): boolean {
    if (this.#over) return false;
    this.#over = true;
    this.#onEnd(reply);
    this.#resolve(reply);
    return true;
  }
}
