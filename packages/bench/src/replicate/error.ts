/** A replicate can't give a result, for a reason in one line; `tail` holds a server's last lines where there is one. */
export class ReplicateError extends Error {
  override readonly name = 'ReplicateError';
  readonly tail: readonly string[];

  constructor(message: string, tail: readonly string[] = []) {
    super(message);
    this.tail = tail;
  }
}

/** The runtime does not do what the cell asks for; the message says why, in one line. */
export class NotOfferedError extends Error {
  override readonly name = 'NotOfferedError';
}
