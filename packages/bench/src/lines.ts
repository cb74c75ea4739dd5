import type { Readable } from 'node:stream';

/** One line of a file, without its end. */
export type Line = {
  readonly text: string;
  /** 1-based. */
  readonly number: number;
  /** False for a last line without a newline: whoever wrote it may not have come to its end. */
  readonly ended: boolean;
};

/** The lines of a stream, one after the other; lines without a character are counted and left out. */
export async function* linesOf(stream: Readable): AsyncGenerator<Line, void, undefined> {
  stream.setEncoding('utf8');
  let rest = '';
  let number = 0;
  for await (const chunk of stream as AsyncIterable<string>) {
    const texts = (rest + chunk).split('\n');
    rest = texts.pop() ?? '';
    for (const text of texts) {
      number += 1;
      if (text !== '') yield { text, number, ended: true };
    }
  }
  if (rest !== '') yield { text: rest, number: number + 1, ended: false };
}
