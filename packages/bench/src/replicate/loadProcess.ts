import type { Child } from './children.ts';
import { deadline } from './deadline.ts';
import { ReplicateError } from './error.ts';

/** A response later than this is an error: longer than any queue a cell builds up. */
export const timeoutSeconds = 30;

/** A generator's own start and end, beside what it is asked to do. */
const spareSeconds = 30;

/**
 * Waits for a generator's end.
 *
 * @param seconds of load it offers; a response may take its time after that
 * @param meaning says in words how it ended; an exit of 0 is right
 * @throws ReplicateError when it takes too long, or ends in another way
 */
export async function endOfLoad(
  who: string,
  child: Child,
  seconds: number,
  meaning = (code: number | null, signal: string | null) => `${who} ended with ${signal ?? `exit ${code}`}`,
): Promise<void> {
  const limitSeconds = seconds + timeoutSeconds + spareSeconds;
  const { code, signal } = await deadline(
    child.ended,
    limitSeconds * 1000,
    () => new ReplicateError(`${who} did not end within ${limitSeconds} s`),
  );
  if (code === 0) return;
  const last = child.tail().at(-1);
  throw new ReplicateError(`${meaning(code, signal)}${last === undefined ? '' : `; it last said: ${last}`}`);
}
