import { execFile } from 'node:child_process';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { CannotRunError } from '../exitCodes.ts';
import { rootFolder } from '../paths.ts';

/** Longer than a download of 60 MB on a slow line takes. */
const timeoutMs = 600_000;
/** npm's own pause before it tries again is 10 s, and longer the second time: without a network that is half a minute for nothing. */
const quick = ['--loglevel=error', '--fetch-retries=1', '--fetch-retry-mintimeout=1000'];

/**
 * Every version of a package that begins with a range, as the registry that npm is set up for has them.
 *
 * @throws CannotRunError when the registry can't be asked
 */
export async function listVersions(name: string, range: string): Promise<string[]> {
  try {
    const listed: unknown = JSON.parse(
      (await npm(['view', `${name}@${range}`, 'version', '--json'])) || '[]',
    );
    return [listed].flat().filter((version) => typeof version === 'string');
  } catch (error) {
    if (/\b(E404|ETARGET)\b/.test(said(error))) return [];
    throw new CannotRunError(`can't ask npm's registry for ${name}@${range}: ${lineOf(error)}`, {
      cause: error,
    });
  }
}

/**
 * Downloads a package into a folder, by npm itself: from the registry that the user's configuration names, checked by the
 * integrity that the registry states.
 *
 * @returns the tarball's path
 * @throws CannotRunError when it can't be had, or is not what the registry says it is
 */
export async function downloadPackage(name: string, version: string, folder: string): Promise<string> {
  try {
    await npm(['pack', `${name}@${version}`, '--pack-destination', folder, '--ignore-scripts', '--json']);
  } catch (error) {
    throw new CannotRunError(
      `can't fetch ${name} ${version}: ${lineOf(error)}. Without a version the pinned runtime is run, which needs no network`,
      { cause: error },
    );
  }
  const tarball = (await readdir(folder)).find((entry) => entry.endsWith('.tgz'));
  if (tarball === undefined) throw new CannotRunError(`npm pack left no file of ${name} ${version}`);
  return join(folder, tarball);
}

/** Runs npm in the top folder, so that a .npmrc there counts as well as the user's. */
async function npm(args: readonly string[]): Promise<string> {
  const [program, ...first] = npmCommand();
  const { stdout } = await promisify(execFile)(program, [...first, ...args, ...quick], {
    cwd: rootFolder,
    timeout: timeoutMs,
    maxBuffer: 64 * 2 ** 20,
  });
  return stdout;
}

/** The npm that started this, or else the one on PATH. */
function npmCommand(): [string, ...string[]] {
  const started = process.env.npm_execpath;
  return started?.endsWith('.js') === true ? [process.execPath, started] : ['npm'];
}

/** What npm said on stderr, and with --json on stdout. */
function said(error: unknown): string {
  const { stdout = '', stderr = '' } = error as { stdout?: string; stderr?: string };
  return `${stderr}${stdout}`;
}

/** The line that says what went wrong. */
function lineOf(error: unknown): string {
  const lines = said(error)
    .split('\n')
    .map((line) => line.replace(/^npm (error|ERR!) ?/, '').trim());
  const telling = lines.find(
    (line) => line !== '' && !/^(code|errno|syscall|path|dest) /.test(line) && !line.startsWith('{'),
  );
  const message = error instanceof Error ? (error.message.split('\n')[0] ?? '') : String(error);
  return (telling ?? message)
    .replace(/\p{Cc}+/gu, ' ')
    .replace(/\.$/, '')
    .slice(0, 300);
}
