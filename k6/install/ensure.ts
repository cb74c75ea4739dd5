import { buildK6 } from './build.ts';
import { type FindOptions, type FoundK6, findK6, type MissingK6, onPath } from './find.ts';
import { placeInCache } from './place.ts';
import { defaultCacheFolder, k6Folder, type Platform, releaseAsset, thisPlatform } from './platform.ts';
import { defaultReleaseBaseUrl, installRelease } from './release.ts';
import { K6_VERSION } from './version.ts';

/** A k6 that was put into the cache just now. */
export interface InstalledK6 {
  readonly state: 'found';
  readonly path: string;
  readonly version: string;
  readonly source: 'go build' | 'release';
  readonly skipped: readonly string[];
}

/** `step`: something begins. `waiting`: it goes on, said every second; a sink may leave most of these out. */
export interface Progress {
  readonly kind: 'step' | 'waiting';
  readonly text: string;
}

export interface EnsureOptions extends FindOptions {
  /**
   * Beside K6_BIN and PATH: K6_SKIP_GO=1 leaves the Go build out, K6_RELEASE_BASE_URL names a mirror of the releases.
   * `process.env` when absent.
   */
  readonly env?: Readonly<Record<string, string | undefined>>;
  readonly onProgress?: (progress: Progress) => void;
  /** Longest silence of a download in ms; 30,000 when absent. */
  readonly stallMs?: number;
  /** Folder of `go.mod`; the package's own when absent. */
  readonly moduleFolder?: string;
}

interface Surroundings {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly cacheFolder: string;
  readonly platform: Platform;
  readonly report: (progress: Progress) => void;
  readonly options: EnsureOptions;
}

/** One way to get k6: its path in the cache, or why it does not do. */
type Attempt = { readonly path: string } | { readonly reason: string };

async function attempt(surroundings: Surroundings, write: (file: string) => Promise<void>): Promise<Attempt> {
  const { cacheFolder, platform, options } = surroundings;
  try {
    return { path: await placeInCache(cacheFolder, platform, write, options.signal) };
  } catch (error) {
    if (options.signal?.aborted === true) throw options.signal.reason;
    return { reason: error instanceof Error ? error.message : String(error) };
  }
}

async function byGo(surroundings: Surroundings): Promise<Attempt> {
  const { env, platform, report, options } = surroundings;
  if (env.K6_SKIP_GO === '1') return { reason: 'left out, since K6_SKIP_GO is 1' };
  const go = await onPath(platform.os === 'win32' ? 'go.exe' : 'go', env.PATH ?? env.Path);
  if (go === undefined) return { reason: 'no go on PATH' };
  report({ kind: 'step', text: `Building k6 ${K6_VERSION} with ${go}; this takes 1 to 2 minutes, once.` });
  return attempt(surroundings, (file) =>
    buildK6(file, {
      go,
      moduleFolder: options.moduleFolder ?? k6Folder,
      env,
      onElapsed: (seconds) =>
        report({ kind: 'waiting', text: `Building k6 ${K6_VERSION}: ${seconds} s of about 70 to 120 s` }),
      signal: options.signal,
    }),
  );
}

async function byRelease(surroundings: Surroundings): Promise<Attempt> {
  const { env, platform, report, options } = surroundings;
  const asset = releaseAsset(platform);
  if (asset === undefined) return { reason: `k6 publishes none for ${platform.os} ${platform.arch}` };
  const given = env.K6_RELEASE_BASE_URL;
  const baseUrl = given === undefined || given === '' ? defaultReleaseBaseUrl : given;
  if (!/^https?:\/\//.test(baseUrl)) {
    return { reason: `K6_RELEASE_BASE_URL is "${baseUrl}"; it must start with http:// or https://` };
  }
  report({ kind: 'step', text: `Downloading ${asset.name} from ${baseUrl}` });
  return attempt(surroundings, (file) =>
    installRelease(file, { asset, baseUrl, stallMs: options.stallMs ?? 30_000, signal: options.signal }),
  );
}

/**
 * Finds k6, or installs it into the project's cache: first by a Go build, where `go.sum` pins every module, then from
 * the official release. Leaves nothing half-done behind, and no process.
 * @throws UnusableK6BinError when K6_BIN is set and cannot be used; `signal`'s reason when interrupted
 */
export async function ensureK6(options: EnsureOptions = {}): Promise<FoundK6 | InstalledK6 | MissingK6> {
  const found = await findK6(options);
  if (found.state === 'found') return found;
  const surroundings: Surroundings = {
    env: options.env ?? process.env,
    cacheFolder: options.cacheFolder ?? defaultCacheFolder,
    platform: options.platform ?? thisPlatform,
    report: options.onProgress ?? (() => undefined),
    options,
  };
  const tried = [...found.tried];
  const ways = [
    { source: 'go build', run: byGo },
    { source: 'release', run: byRelease },
  ] as const;
  for (const { source, run } of ways) {
    const result = await run(surroundings);
    if ('path' in result) {
      return { state: 'found', path: result.path, version: K6_VERSION, source, skipped: tried };
    }
    tried.push(`${source}: ${result.reason}.`);
  }
  return { state: 'missing', tried };
}
