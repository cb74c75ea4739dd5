import { randomBytes } from 'node:crypto';
import { appendFile, mkdir, open, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Replicate } from '@acceptbench/results/replicate';
import type { Run } from '@acceptbench/results/run';
import type { PlannedReplicate } from './plan.ts';

/** One run's folder: `results/<UTC time>-<experiment>/`. */
export class RunStore {
  readonly folder: string;

  private constructor(folder: string) {
    this.folder = folder;
  }

  /**
   * Makes the folder of a run. Two runs that start in the same second get two folders.
   *
   * @throws Error when it can't be made.
   */
  static async create(parent: string, experiment: string, startedAt: Date): Promise<RunStore> {
    await mkdir(parent, { recursive: true });
    const name = `${startedAt.toISOString().slice(0, 19).replaceAll(':', '-')}Z-${experiment}`;
    for (const folder of [join(parent, name), join(parent, `${name}-${randomBytes(3).toString('hex')}`)]) {
      try {
        await mkdir(folder);
      } catch (error) {
        if (error instanceof Error && 'code' in error && error.code === 'EEXIST') continue;
        throw error;
      }
      await mkdir(join(folder, 'samples'));
      await mkdir(join(folder, 'k6'));
      return new RunStore(folder);
    }
    throw new Error(`${join(parent, name)} is there already`);
  }

  /** Where a replicate's samples go. */
  samplesPath(planned: PlannedReplicate): string {
    return join(this.folder, 'samples', `${nameOf(planned)}.ndjson`);
  }

  /** Where k6 writes its own summary of a replicate. */
  summaryPath(planned: PlannedReplicate): string {
    return join(this.folder, 'k6', `${nameOf(planned)}.json`);
  }

  /** Writes `run.json` so that a reader sees the old one or the new one, never half. */
  async writeRun(run: Run): Promise<void> {
    await this.#replace('run.json', `${JSON.stringify(run, null, 2)}\n`);
  }

  async writeReport(markdown: string): Promise<void> {
    await this.#replace('report.md', markdown);
  }

  /** Adds a line to `replicates.ndjson` and has it on the disk before it resolves. */
  async appendReplicate(replicate: Replicate): Promise<void> {
    const file = join(this.folder, 'replicates.ndjson');
    await appendFile(file, `${JSON.stringify(replicate)}\n`);
    const handle = await open(file, 'r');
    try {
      await handle.sync();
    } finally {
      await handle.close();
    }
  }

  async #replace(name: string, text: string): Promise<void> {
    const file = join(this.folder, name);
    await writeFile(`${file}.part`, text);
    await rename(`${file}.part`, file);
  }
}

/** A later attempt has files of its own: nothing that was measured is written over. */
export function nameOf({
  block,
  cell,
  attempt,
}: Pick<PlannedReplicate, 'block' | 'cell' | 'attempt'>): string {
  return `${block}-${cell.id}${attempt === 1 ? '' : `-attempt${attempt}`}`;
}
