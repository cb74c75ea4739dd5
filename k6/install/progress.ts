import type { Progress } from './ensure.ts';

interface Sink {
  readonly isTTY?: boolean;
  write(text: string): unknown;
}

/** On something other than a terminal, a wait is said this often. */
const LOG_EVERY = 15;

/**
 * Prints progress: on a terminal a wait rewrites its own line; elsewhere it is a line every 15 events, which are seconds.
 * `end` closes a line that is still open.
 */
export function progressPrinter(sink: Sink): { print: (progress: Progress) => void; end: () => void } {
  let open = false;
  let waits = 0;
  const end = (): void => {
    if (open) sink.write('\n');
    open = false;
  };
  return {
    print: ({ kind, text }) => {
      if (kind === 'step') {
        end();
        waits = 0;
        sink.write(`${text}\n`);
      } else if (sink.isTTY === true) {
        sink.write(`\r${text}\u001b[K`);
        open = true;
      } else {
        waits += 1;
        if (waits % LOG_EVERY === 0) sink.write(`${text}\n`);
      }
    },
    end,
  };
}
