import { constants } from 'node:fs';
import { access, stat } from 'node:fs/promises';
import { delimiter, join, resolve } from 'node:path';
import { binaryName, cachedBinary, defaultCacheFolder, type Platform, thisPlatform } from './platform.ts';
import { probeK6 } from './probe.ts';
import { K6_VERSION } from './version.ts';

export interface FoundK6 {
  readonly state: 'found';
  /** Absolute path. */
  readonly path: string;
  /** Without the `v`: `2.2.0`. */
  readonly version: string;
  readonly source: 'K6_BIN' | 'PATH' | 'cache';
  /** What was passed over on the way, a sentence each. */
  readonly skipped: readonly string[];
}

export interface MissingK6 {
  readonly state: 'missing';
  /** Each place looked at and why it did not do, a sentence each. */
  readonly tried: string[];
}

export interface FindOptions {
  /** K6_BIN and PATH are read from it; `process.env` when absent. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** The project's cache of k6; `.cache/k6` at the top of the repository when absent. */
  readonly cacheFolder?: string;
  readonly platform?: Platform;
  readonly signal?: AbortSignal;
}

/** K6_BIN is set and does not do. It is never passed over: whoever set it means it. */
export class UnusableK6BinError extends Error {
  override readonly name = 'UnusableK6BinError';
}

export async function isExecutable(file: string): Promise<boolean> {
  try {
    await access(file, constants.X_OK);
    return (await stat(file)).isFile();
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    // Not there, or not to be run: the answer is no.
    if (code === 'ENOENT' || code === 'ENOTDIR' || code === 'EACCES') return false;
    throw error;
  }
}

async function fromVariable(given: string, signal: AbortSignal | undefined): Promise<FoundK6> {
  const path = resolve(given);
  const unusable = (reason: string): UnusableK6BinError =>
    new UnusableK6BinError(
      `K6_BIN is "${given}", which ${reason}. It must be the path of a k6 v2 (the project's is ${K6_VERSION}): correct it, or unset it to let the project find or install its own.`,
    );
  if (!(await isExecutable(path))) throw unusable('is not an executable file');
  const probe = await probeK6(path, signal);
  if (probe.state === 'broken') throw unusable(probe.reason);
  if (!probe.version.startsWith('2.')) throw unusable(`is k6 ${probe.version}`);
  return { state: 'found', path, version: probe.version, source: 'K6_BIN', skipped: [] };
}

/** The first executable of that name on PATH, or undefined. Entries that are empty or not absolute are left out. */
export async function onPath(name: string, path: string | undefined): Promise<string | undefined> {
  for (const folder of (path ?? '').split(delimiter)) {
    if (folder === '' || resolve(folder) !== folder.replace(/(?<=.)[\\/]$/, '')) continue;
    const file = join(folder, name);
    if (await isExecutable(file)) return file;
  }
  return undefined;
}

/**
 * Looks for k6 and installs nothing: K6_BIN, then PATH, then the project's cache. From K6_BIN any k6 2.x is taken, and
 * its version is in the answer; elsewhere only the pinned version.
 * @throws UnusableK6BinError when K6_BIN is set and cannot be used
 */
export async function findK6(options: FindOptions = {}): Promise<FoundK6 | MissingK6> {
  const { env = process.env, cacheFolder = defaultCacheFolder, platform = thisPlatform, signal } = options;
  const given = env.K6_BIN;
  if (given !== undefined && given !== '') return fromVariable(given, signal);

  const tried = ['K6_BIN: not set.'];
  const skipped: string[] = [];
  const places = [
    { source: 'PATH', path: await onPath(binaryName(platform), env.PATH ?? env.Path) },
    { source: 'cache', path: cachedBinary(cacheFolder, platform) },
  ] as const;
  for (const { source, path } of places) {
    if (path === undefined || !(await isExecutable(path))) {
      tried.push(path === undefined ? `${source}: no k6 on it.` : `${source}: no ${path}.`);
      continue;
    }
    const probe = await probeK6(path, signal);
    if (probe.state === 'runs' && probe.version === K6_VERSION) {
      return { state: 'found', path, version: probe.version, source, skipped };
    }
    const why = probe.state === 'runs' ? `is version ${probe.version}, not ${K6_VERSION}` : probe.reason;
    skipped.push(`${source}: ${path} ${why}.`);
    tried.push(`${source}: ${path} ${why}.`);
  }
  return { state: 'missing', tried };
}

/** The one message for a k6 that is nowhere: each way tried, then the ways out. */
export function describeMissingK6(missing: MissingK6): string {
  return [
    `k6 ${K6_VERSION} is needed and was not found. Tried:`,
    ...missing.tried.map((line) => `  - ${line}`),
    'One of these helps:',
    '  - `npm run setup -w @acceptbench/k6`, with Go on PATH (https://go.dev/dl) or with access to github.com',
    `  - install k6 ${K6_VERSION} so that it is on PATH (https://grafana.com/docs/k6/latest/set-up/install-k6)`,
    '  - set K6_BIN to the path of a k6 v2',
    '  - set K6_RELEASE_BASE_URL to a mirror of its releases',
  ].join('\n');
}
