import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { CannotRunError } from '../exitCodes.ts';
import { runtimesFolder } from '../paths.ts';
import { downloadPackage } from './npm.ts';
import type { Host, PlatformPackage } from './platformPackage.ts';

/**
 * The folder that holds a runtime's program of an exact version, for PATH. It is fetched when it is not in the cache, and is there
 * whole or not at all, whatever ends this meanwhile.
 *
 * @throws CannotRunError when it can't be fetched, or does not run here
 */
export async function placeRuntime(
  runtime: string,
  version: string,
  { name, program }: PlatformPackage,
  { platform, arch }: Host,
  say: (line: string) => void,
): Promise<string> {
  const placed = join(runtimesFolder, `${runtime}-${version}-${platform}-${arch}`);
  const folderOf = (top: string) => dirname(join(top, 'package', program));
  if (existsSync(join(placed, 'package', program))) return folderOf(placed);
  say(`fetching ${runtime} ${version} (${name} from npm) …`);
  await mkdir(runtimesFolder, { recursive: true });
  const part = await mkdtemp(join(runtimesFolder, '.part-'));
  try {
    const tarball = await downloadPackage(name, version, part);
    await promisify(execFile)('tar', ['-xzf', tarball, '-C', part]);
    await rm(tarball);
    await requireVersion(join(part, 'package', program), runtime, version);
    await rename(part, placed).catch((cause) => {
      // Another run may have placed the same meanwhile: one is as good as the other.
      if (existsSync(join(placed, 'package', program))) return;
      throw new CannotRunError(`can't place ${runtime} ${version}: ${placed} is not whole; remove it`, {
        cause,
      });
    });
  } finally {
    await rm(part, { recursive: true, force: true });
  }
  return folderOf(placed);
}

/** @throws CannotRunError when the program does not run here, or says another version */
async function requireVersion(program: string, runtime: string, version: string): Promise<void> {
  let printed: string;
  try {
    printed = (await promisify(execFile)(program, ['--version'], { timeout: 20_000 })).stdout;
  } catch (cause) {
    const why = cause instanceof Error ? cause.message.trim().replace(/\s+/g, ' ') : String(cause);
    throw new CannotRunError(`${runtime} ${version} does not run here: ${why.slice(0, 300)}`, { cause });
  }
  if (!new RegExp(`(^|[v ])${version.replaceAll('.', '\\.')}(\\s|$)`).test(printed)) {
    throw new CannotRunError(
      `${runtime} ${version} from npm says that it is ${JSON.stringify(printed.trim().slice(0, 100))}`,
    );
  }
}
