import { writeFile } from 'node:fs/promises';
import { unzipSync } from 'fflate';
import { Parser } from 'tar';
import type { ReleaseAsset } from './platform.ts';

function fromTarGz(archive: Uint8Array, entry: string): Promise<Uint8Array | undefined> {
  return new Promise((resolve, reject) => {
    let found: Promise<Uint8Array> | undefined;
    const parser = new Parser({
      strict: true,
      filter: (path, header) => path === entry && 'type' in header && header.type === 'File',
      onReadEntry: (read) => {
        found = read.concat().then((data) => (typeof data === 'string' ? Buffer.from(data) : data));
      },
    });
    parser.on('error', reject);
    parser.on('end', () => resolve(found));
    parser.end(Buffer.from(archive.buffer, archive.byteOffset, archive.byteLength));
  });
}

function fromZip(archive: Uint8Array, entry: string): Uint8Array | undefined {
  const files = unzipSync(archive, { filter: (file) => file.name === entry });
  return files[entry];
}

/**
 * Writes the one file of a release archive that counts to `outFile`. Nothing else of it is written anywhere, so a path in
 * the archive has no say in where something goes.
 * @throws Error when the archive cannot be read or does not hold that file
 */
export async function extractBinary(
  asset: ReleaseAsset,
  archive: Uint8Array,
  outFile: string,
): Promise<void> {
  let data: Uint8Array | undefined;
  try {
    data = await (asset.format === 'zip' ? fromZip(archive, asset.entry) : fromTarGz(archive, asset.entry));
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new Error(`${asset.name} cannot be unpacked: ${reason}`, { cause: error });
  }
  if (data === undefined) throw new Error(`${asset.name} holds no file ${asset.entry}`);
  await writeFile(outFile, data, { flag: 'wx' });
}
