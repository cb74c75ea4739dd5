import { mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** A file for Prometheus' file service discovery, for as long as a run lives. */
export interface Targets {
  readonly file: string;
  remove(): Promise<void>;
}

/**
 * Writes what is to be read: `[{"targets": ["127.0.0.1:9466"]}]`. Prometheus sees the old file or the new one, never half. One file
 * for each address: what an ended run left behind is replaced.
 *
 * @throws Error when the folder can't be written
 */
export async function writeTargets(folder: string, instance: string): Promise<Targets> {
  await mkdir(folder, { recursive: true });
  const file = join(folder, `${instance.replaceAll(/[^0-9a-zA-Z.]+/g, '-')}.json`);
  // Prometheus reads *.json, and in a container as another user.
  await writeFile(`${file}.part`, `${JSON.stringify([{ targets: [instance] }])}\n`, { mode: 0o644 });
  await rename(`${file}.part`, file);
  return { file, remove: () => rm(file, { force: true }) };
}
