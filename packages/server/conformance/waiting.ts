import { setTimeout as delay } from 'node:timers/promises';

/** Long enough for a busy machine: a deadline only turns a hang into a message. */
export const patienceMs = 60_000;

/**
 * Waits for a promise, at most `ms`.
 *
 * @throws {Error} naming what did not happen.
 */
export async function within<T>(promise: Promise<T>, what: string, ms = patienceMs): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  try {
    return await Promise.race([
      promise,
      new Promise<never>((_, reject) => {
        timer = setTimeout(() => reject(new Error(`not within ${ms} ms: ${what}`)), ms);
      }),
    ]);
  } finally {
    clearTimeout(timer);
  }
}

/**
 * Tries again until `attempt` says that it came in time: on a machine that stands still at the wrong moment what a test wants to
 * catch is over before it looks. Such a try shows nothing; that none of so many shows it is a failure.
 */
export async function inTime(what: string, attempt: (tried: number) => Promise<boolean>): Promise<void> {
  const tries = 30;
  for (let tried = 0; tried < tries; tried += 1) if (await attempt(tried)) return;
  throw new Error(`not in one of ${tries} tries: ${what}`);
}

/**
 * Asks again and again until `check` gives something other than undefined, at most `ms`.
 *
 * @throws {Error} naming what did not happen, and what `last` says of the state it stayed in.
 */
export async function until<T>(
  what: string,
  check: () => Promise<T | undefined> | T | undefined,
  last: () => string = () => '',
  ms = patienceMs,
): Promise<T> {
  const end = Date.now() + ms;
  for (;;) {
    const value = await check();
    if (value !== undefined) return value;
    if (Date.now() > end) throw new Error(`not within ${ms} ms: ${what} ${last()}`.trim());
    await delay(10);
  }
}
