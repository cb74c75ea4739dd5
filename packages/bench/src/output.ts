import { createWriteStream } from 'node:fs';
import { appendFile, rename, rm } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { FileError } from './exitCodes.ts';

/** Where a text goes: a path, or `-` for stdout. */
export type Target = string;
export const toStdout = '-';

/**
 * Writes a text, or the pieces of one as they come; a file is the old one or the whole new one, never half.
 *
 * @throws FileError when it can't be written, in one line.
 */
export async function writeTo(target: Target, text: string | AsyncIterable<string>): Promise<void> {
  const source = Readable.from(typeof text === 'string' ? [text] : text);
  if (target === toStdout) {
    try {
      await pipeline(source, process.stdout, { end: false });
    } catch (error) {
      // Whoever reads may have enough, such as `head`.
      if (!(error instanceof Error && 'code' in error && error.code === 'EPIPE')) throw error;
    }
    return;
  }
  const part = `${target}.part`;
  try {
    await pipeline(source, createWriteStream(part));
    await rename(part, target);
  } catch (cause) {
    await rm(part, { force: true });
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new FileError(`can't write ${target}: ${why}`, { cause });
  }
}

/** Adds a text to the end of a file, which others write too. @throws FileError when it can't be written, in one line. */
export async function addTo(file: string, text: string): Promise<void> {
  try {
    await appendFile(file, text);
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new FileError(`can't write ${file}: ${why}`, { cause });
  }
}
