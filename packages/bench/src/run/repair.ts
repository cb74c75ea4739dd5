import { appendFile, open, readFile } from 'node:fs/promises';
import { join } from 'node:path';

const newline = 10;

/**
 * Makes `replicates.ndjson` end with a whole line, so that more can be added. What is half-written at its end, as the writer
 * was killed, is kept in `replicates.ndjson.torn`.
 *
 * @param torn whether the last line is half-written; otherwise one without its newline is whole
 * @returns the lines that stay, each with its newline
 */
export async function repairReplicates(folder: string, torn: boolean): Promise<string[]> {
  const file = join(folder, 'replicates.ndjson');
  const bytes = await readIfThere(file);
  const end = bytes.lastIndexOf(newline) + 1;
  if (torn && end < bytes.length) {
    // Kept first, then cut: whatever happens between the two, nothing is lost.
    await appendFile(`${file}.torn`, bytes.subarray(end), { flush: true });
    const handle = await open(file, 'r+');
    try {
      await handle.truncate(end);
      await handle.sync();
    } finally {
      await handle.close();
    }
  } else if (end < bytes.length) {
    await appendFile(file, '\n', { flush: true });
  }
  const text = (torn ? bytes.subarray(0, end) : bytes).toString('utf8');
  return text
    .split(/(?<=\n)/)
    .map((line) => (line.endsWith('\n') ? line : `${line}\n`))
    .filter((line) => line !== '\n');
}

async function readIfThere(file: string): Promise<Buffer> {
  try {
    return await readFile(file);
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return Buffer.alloc(0);
    throw error;
  }
}
