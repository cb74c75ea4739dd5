import { oneLine } from './errors.ts';
import type { Mechanism } from './mechanism.ts';
import type { Options } from './options.ts';
import type { Platform } from './platform.ts';

/** How often a drain looks whether only idle connections are left, in ms. */
const lookMs = 100;

/**
 * Ends the server in order. The first signal drains, within the grace time; a second one, or the end of that time, ends
 * the server at once. A client that keeps a connection and asks for nothing does not hold the drain up: when no request
 * has been in flight at two looks, and none begun since the look before, what is left is closed. A loop that computes has
 * none in flight whenever it looks, however many connections it has still to read.
 *
 * @param end told whether every request in flight was answered; called once
 */
export function stopInOrder(
  platform: Platform,
  options: Options,
  mechanism: Mechanism,
  end: (complete: boolean) => void,
): void {
  let stopping = false;
  let ended = false;
  const endOnce = (complete: boolean) => {
    if (ended) return;
    ended = true;
    end(complete);
  };
  const drain = () => {
    stopping = true;
    platform.after(options.shutdownGraceMs, () => endOnce(false));
    mechanism.drain().then(
      () => endOnce(true),
      (error: unknown) => {
        platform.printError(`draining failed: ${oneLine(error)}`);
        endOnce(false);
      },
    );
    let quietLooks = 0;
    let startedBefore = mechanism.totals().started;
    const look = () => {
      if (ended) return;
      const { started, completed, aborted } = mechanism.totals();
      const quiet = started === completed + aborted && started === startedBefore;
      startedBefore = started;
      quietLooks = quiet ? quietLooks + 1 : 0;
      if (quietLooks >= 2) mechanism.dropConnections();
      platform.after(lookMs, look);
    };
    platform.after(lookMs, look);
  };
  const owner = platform.owner();
  if (owner !== null) {
    // A signal to the whole group reaches the owner too, and it is the owner who says when to drain.
    platform.onSignal(() => {});
    owner.onDrain(drain);
    owner.onGone(() => endOnce(false));
    return;
  }
  platform.onSignal(() => {
    if (stopping) endOnce(false);
    else drain();
  });
}
