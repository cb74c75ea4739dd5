import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { K6_VERSION } from './version.ts';

/** An operating system and a processor, by Node's names (`process.platform`, `process.arch`). */
export interface Platform {
  readonly os: string;
  readonly arch: string;
}

export const thisPlatform: Platform = { os: process.platform, arch: process.arch };

/** The folder of `go.mod`. */
export const k6Folder: string = fileURLToPath(new URL('..', import.meta.url));

/** `.cache/k6` at the top of the repository. */
export const defaultCacheFolder: string = fileURLToPath(new URL('../../.cache/k6', import.meta.url));

export function binaryName(platform: Platform): string {
  return platform.os === 'win32' ? 'k6.exe' : 'k6';
}

/** Where the cache keeps the pinned k6: `<cache>/2.2.0-linux-x64/k6`. */
export function cachedBinary(cacheFolder: string, platform: Platform): string {
  return join(cacheFolder, `${K6_VERSION}-${platform.os}-${platform.arch}`, binaryName(platform));
}

/** A release archive: its file name, and the one file in it that counts. */
export interface ReleaseAsset {
  readonly name: string;
  readonly format: 'tar.gz' | 'zip';
  readonly entry: string;
}

// The platforms and formats of k6's own build-release.sh (v2.2.0).
const releases: Readonly<Record<string, { readonly alias: string; readonly format: 'tar.gz' | 'zip' }>> = {
  'linux-x64': { alias: 'linux-amd64', format: 'tar.gz' },
  'linux-arm64': { alias: 'linux-arm64', format: 'tar.gz' },
  'darwin-x64': { alias: 'macos-amd64', format: 'zip' },
  'darwin-arm64': { alias: 'macos-arm64', format: 'zip' },
  'win32-x64': { alias: 'windows-amd64', format: 'zip' },
};

/** The release archive for a platform, or undefined where k6 publishes none. */
export function releaseAsset(platform: Platform): ReleaseAsset | undefined {
  const release = releases[`${platform.os}-${platform.arch}`];
  if (release === undefined) return undefined;
  const stem = `k6-v${K6_VERSION}-${release.alias}`;
  return {
    name: `${stem}.${release.format}`,
    format: release.format,
    entry: `${stem}/${binaryName(platform)}`,
  };
}

export const checksumsName = `k6-v${K6_VERSION}-checksums.txt`;
