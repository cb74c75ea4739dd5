import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { type Manifest, parseManifest } from '@acceptbench/server/manifest';
import { UsageError } from './exitCodes.ts';
import { pathWithRuntimes, serversFolder } from './paths.ts';

/** A server that can take part: its manifest and the folder its command runs in. */
export interface Server {
  readonly manifest: Manifest;
  readonly folder: string;
  /** Where its runtime is, when that is not the pinned one: comes first on PATH. */
  readonly binFolder?: string;
}

/**
 * Every server under `servers/`, and those of the manifests given, by the name in the manifest. A later one with the
 * name of an earlier one takes its place.
 *
 * @throws UsageError naming the manifest that is not accepted.
 */
export async function readServers(files: readonly string[] = []): Promise<Map<string, Server>> {
  const entries = await readdir(serversFolder, { withFileTypes: true });
  const own = entries
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => join(serversFolder, name, 'server.json'))
    .filter((file) => existsSync(file));
  const servers = new Map<string, Server>();
  for (const file of [...own, ...files]) {
    const manifest = await readManifest(file);
    servers.set(manifest.name, { manifest, folder: dirname(file) });
  }
  return servers;
}

async function readManifest(file: string): Promise<Manifest> {
  try {
    return parseManifest(JSON.parse(await readFile(file, 'utf8')));
  } catch (cause) {
    throw new UsageError(`${file}: ${cause instanceof Error ? cause.message : String(cause)}`, { cause });
  }
}

/** The version that a server's runtime says it has. @throws Error when it can't be run, or says none. */
export async function readVersion({ manifest, folder, binFolder }: Server): Promise<string> {
  const [program = '', ...args] = manifest.versionCommand;
  const env = { ...process.env, PATH: pathWithRuntimes(process.env.PATH, binFolder) };
  const { stdout } = await promisify(execFile)(program, args, { cwd: folder, env, timeout: 20_000 });
  const version = /\d+\.\d+\.\d+\S*/.exec(stdout)?.[0];
  if (version === undefined) throw new Error(`${manifest.versionCommand.join(' ')} printed no version`);
  return version;
}
