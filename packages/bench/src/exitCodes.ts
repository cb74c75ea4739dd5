/** What the CLI's exit says to a script. */
export const exitCodes = {
  ok: 0,
  /** This machine can't do it (no k6, no runtime), or the results can't be written. */
  cannot: 1,
  /** A wrong option, name or value, or stored results that can't be read: nothing was started. */
  usage: 2,
  /** The run is over, and a replicate failed, a cell has no valid one, a search no end, or the budget did not suffice for the precision. */
  incomplete: 3,
  /** Ctrl-C, or SIGTERM. */
  interrupted: 130,
} as const;
export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes];

/** A wrong option, name or value, in one line. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

/** This machine can't do it, in one message that says what to do. */
export class CannotRunError extends Error {
  override readonly name = 'CannotRunError';
}

/** A file, a folder, or a Prometheus that is asked can't be read or written, in one line: the exit of what works on results is then `usage`. */
export class FileError extends Error {
  override readonly name = 'FileError';
}
