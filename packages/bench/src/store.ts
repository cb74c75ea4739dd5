import { randomBytes } from 'node:crypto';
import { mkdir, open, rename, rm, stat, statfs } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import type { Replicate } from '@acceptbench/results/replicate';
import type { Run } from '@acceptbench/results/run';
import type { PlannedReplicate } from './plan.ts';

/** Results can't be saved: the disk is full, read-only or gone. What was saved before is whole. */
export class StorageError extends Error {
  override readonly name = 'StorageError';
}

/** Room that a replicate wants: its samples and k6's summary take about one MiB, a long one some more. */
const roomBytes = 16 * 2 ** 20;

const replicatesFile = 'replicates.ndjson';
const runFile = 'run.json';

/**
 * One run's folder: `results/<UTC time>-<experiment>/`. It knows what it has saved, so that a folder that somebody takes away
 * is made again with all but the samples.
 */
export class RunStore {
  readonly folder: string;
  #runText = '';
  /** Lines of `replicates.ndjson`, each with its newline, and their length. */
  readonly #lines: string[] = [];
  #bytes = 0;
  /** Called when the folder was gone and has been made again. */
  readonly #onRestored: (message: string) => void;

  /** @param lines what `replicates.ndjson` holds */
  constructor(folder: string, lines: readonly string[], onRestored: (message: string) => void) {
    this.folder = folder;
    this.#onRestored = onRestored;
    for (const line of lines) this.#remember(line);
  }

  /**
   * Makes the folder of a run. Two runs that start in the same second get two folders.
   *
   * @throws Error when it can't be made.
   */
  static async create(
    parent: string,
    experiment: string,
    startedAt: Date,
    onRestored: (message: string) => void,
  ): Promise<RunStore> {
    await mkdir(parent, { recursive: true });
    const name = `${startedAt.toISOString().slice(0, 19).replaceAll(':', '-')}Z-${experiment}`;
    for (const folder of [join(parent, name), join(parent, `${name}-${randomBytes(3).toString('hex')}`)]) {
      try {
        await mkdir(folder);
      } catch (error) {
        if (hasCode(error, 'EEXIST')) continue;
        throw error;
      }
      const store = new RunStore(folder, [], onRestored);
      await store.#makeFolders();
      return store;
    }
    throw new Error(`${join(parent, name)} is there already`);
  }

  get id(): string {
    return basename(this.folder);
  }

  /** Where a replicate's samples go. */
  samplesPath(planned: PlannedReplicate): string {
    return join(this.folder, 'samples', `${nameOf(planned)}.ndjson`);
  }

  /** Where k6 writes its own summary of a replicate. */
  summaryPath(planned: PlannedReplicate): string {
    return join(this.folder, 'k6', `${nameOf(planned)}.json`);
  }

  /** Writes `run.json` so that a reader sees the old one or the new one, never half. @throws StorageError */
  async writeRun(run: Run): Promise<void> {
    this.#runText = `${JSON.stringify(run, null, 2)}\n`;
    await saving(this.folder, () => this.#replace(runFile, this.#runText));
  }

  /** Writes the report's files, by their names within the folder. @throws StorageError */
  async writeReport(files: Iterable<readonly [name: string, text: string]>): Promise<void> {
    await saving(this.folder, async () => {
      for (const [name, text] of files) {
        await mkdir(dirname(join(this.folder, name)), { recursive: true });
        await this.#replace(name, text);
      }
    });
  }

  /** Makes sure that a replicate can be saved: the folders are there, and room on the disk. @throws StorageError */
  async prepare(): Promise<void> {
    await saving(this.folder, async () => {
      await this.#restoreIfGone();
      const { bavail, bsize } = await statfs(this.folder);
      const freeBytes = bavail * bsize;
      if (freeBytes < roomBytes) {
        throw new Error(
          `${Math.floor(freeBytes / 2 ** 20)} MiB are free, and a replicate wants ${roomBytes / 2 ** 20}`,
        );
      }
    });
  }

  /**
   * Adds a line to `replicates.ndjson` and has it on the disk before it resolves. What can't be written whole is taken back.
   *
   * @throws StorageError
   */
  async appendReplicate(replicate: Replicate): Promise<void> {
    const line = `${JSON.stringify(replicate)}\n`;
    await saving(this.folder, async () => {
      await this.#restoreIfGone();
      const handle = await open(join(this.folder, replicatesFile), 'a');
      try {
        const { size } = await handle.stat();
        try {
          await handle.writeFile(line);
          await handle.sync();
        } catch (error) {
          await handle.truncate(size);
          throw error;
        }
      } finally {
        await handle.close();
      }
    });
    this.#remember(line);
  }

  #remember(line: string): void {
    this.#lines.push(line);
    this.#bytes += Buffer.byteLength(line);
  }

  /** Makes again what is missing of the folder: what a reader needs, from memory. */
  async #restoreIfGone(): Promise<void> {
    const isThere = (await sizeOf(join(this.folder, runFile))) > 0 || this.#runText === '';
    const isWhole = (await sizeOf(join(this.folder, replicatesFile))) >= this.#bytes;
    await this.#makeFolders();
    if (isThere && isWhole) return;
    await this.#replace(runFile, this.#runText);
    await this.#replace(replicatesFile, this.#lines.join(''));
    this.#onRestored(
      `the results in ${this.folder} were gone; what had been measured is written again, without earlier samples`,
    );
  }

  async #makeFolders(): Promise<void> {
    await mkdir(join(this.folder, 'samples'), { recursive: true });
    await mkdir(join(this.folder, 'k6'), { recursive: true });
  }

  /** A reader sees the old file or the new one, also after the machine itself has stopped. */
  async #replace(name: string, text: string): Promise<void> {
    const part = join(this.folder, `${name}.part`);
    try {
      const handle = await open(part, 'w');
      try {
        await handle.writeFile(text);
        await handle.sync();
      } finally {
        await handle.close();
      }
      await rename(part, join(this.folder, name));
    } catch (error) {
      await rm(part, { force: true });
      throw error;
    }
  }
}

/** Says in one line what could not be saved, and why. */
async function saving<T>(folder: string, write: () => Promise<T>): Promise<T> {
  try {
    return await write();
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new StorageError(`can't save results in ${folder}: ${why}`, { cause });
  }
}

/** 0 for a file that is not there. */
async function sizeOf(file: string): Promise<number> {
  try {
    return (await stat(file)).size;
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return 0;
    throw error;
  }
}

function hasCode(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code;
}

/** A later attempt has files of its own: nothing that was measured is written over. */
export function nameOf({
  block,
  cell,
  attempt,
}: Pick<PlannedReplicate, 'block' | 'cell' | 'attempt'>): string {
  return `${block}-${cell.id}${attempt === 1 ? '' : `-attempt${attempt}`}`;
}
