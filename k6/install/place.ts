import { chmod, mkdir, mkdtemp, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { binaryName, cachedBinary, type Platform } from './platform.ts';
import { probeK6 } from './probe.ts';
import { K6_VERSION } from './version.ts';

/**
 * Puts a k6 into the cache, or nothing at all: `write` makes the file under a temporary name, its version is checked,
 * and only then it gets its name. Whatever happens, the temporary folder goes.
 * @returns the path in the cache
 * @throws what `write` throws, or an Error that says what the new file is instead of the pinned k6
 */
export async function placeInCache(
  cacheFolder: string,
  platform: Platform,
  write: (temporaryFile: string) => Promise<void>,
  signal?: AbortSignal,
): Promise<string> {
  await mkdir(cacheFolder, { recursive: true });
  // In the cache itself, since a rename cannot leave its file system.
  const folder = await mkdtemp(join(cacheFolder, '.new-'));
  try {
    const file = join(folder, binaryName(platform));
    await write(file);
    await chmod(file, 0o755);
    const probe = await probeK6(file, signal);
    if (probe.state === 'broken') throw new Error(`what it gave ${probe.reason}`);
    if (probe.version !== K6_VERSION) {
      throw new Error(`what it gave is k6 ${probe.version}, not ${K6_VERSION}`);
    }
    const place = cachedBinary(cacheFolder, platform);
    await mkdir(dirname(place), { recursive: true });
    await rename(file, place);
    return place;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
