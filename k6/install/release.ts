import { createHash } from 'node:crypto';
import { extractBinary } from './archive.ts';
import { download } from './download.ts';
import { checksumsName, type ReleaseAsset } from './platform.ts';
import { K6_VERSION } from './version.ts';

export const defaultReleaseBaseUrl = 'https://github.com/grafana/k6/releases/download';

/** The SHA-256 of a file in the format of `sha256sum`, or undefined when it is not listed. */
function checksumOf(checksums: string, fileName: string): string | undefined {
  for (const line of checksums.split(/\r?\n/)) {
    const match = /^([0-9a-f]{64}) [ *](.+)$/i.exec(line);
    if (match?.[2] === fileName) return match[1]?.toLowerCase();
  }
  return undefined;
}

export interface ReleaseOptions {
  readonly asset: ReleaseAsset;
  /** `<base>/v2.2.0/<file>` is fetched. */
  readonly baseUrl: string;
  readonly stallMs: number;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Fetches the release archive, verifies it against the checksums file of the same release, and writes its k6 to `outFile`.
 * The hash is not pinned in this repository, so this proves that the download is whole, not that the release is
 * genuine: that rests on HTTPS to the base URL. The build from `go.sum` is the way with a pinned hash.
 * @throws Error in one line, with what was got and what was expected
 */
export async function installRelease(outFile: string, options: ReleaseOptions): Promise<void> {
  const { asset, stallMs, signal } = options;
  const folder = `${options.baseUrl.replace(/\/+$/, '')}/v${K6_VERSION}`;
  const checksums = new TextDecoder().decode(await download(`${folder}/${checksumsName}`, stallMs, signal));
  const expected = checksumOf(checksums, asset.name);
  if (expected === undefined) throw new Error(`${folder}/${checksumsName} has no SHA-256 for ${asset.name}`);
  const archive = await download(`${folder}/${asset.name}`, stallMs, signal);
  const actual = createHash('sha256').update(archive).digest('hex');
  if (actual !== expected) {
    throw new Error(`${folder}/${asset.name} has the SHA-256 ${actual}, and its release says ${expected}`);
  }
  await extractBinary(asset, archive, outFile);
}
