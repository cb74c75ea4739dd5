import type { Owner } from './platform.ts';

/** What the owner of a `prefork` process writes to its stdin, as a line, when it is time to drain. */
export const drainLine = 'drain';

/** A runtime's TextDecoder: made new for each text, since it keeps the half of a character that is still to come. */
interface Decoder {
  decode(bytes: Uint8Array, options: { stream: boolean }): string;
}

/** Calls back at each line of a text that comes in pieces; resolves when it has ended, rejects when it can't be read. */
export async function readLines(
  pieces: AsyncIterable<Uint8Array>,
  decoder: Decoder,
  onLine: (line: string) => void,
): Promise<void> {
  let rest = '';
  for await (const piece of pieces) {
    const lines = (rest + decoder.decode(piece, { stream: true })).split('\n');
    rest = lines.pop() ?? '';
    lines.forEach(onLine);
  }
  if (rest !== '') onLine(rest);
}

/** The owner of a process that is spoken to by lines on stdin, which ends when the owner goes. */
export function ownerOnStdin(stdin: AsyncIterable<Uint8Array>, decoder: Decoder): Owner {
  const drain = Promise.withResolvers<void>();
  const gone = readLines(stdin, decoder, (line) => {
    if (line === drainLine) drain.resolve();
  });
  return {
    onDrain: (handler) => void drain.promise.then(handler),
    onGone: (handler) => void gone.then(handler, handler),
  };
}
