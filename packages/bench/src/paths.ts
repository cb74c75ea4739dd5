import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Top of the repository. */
export const rootFolder = fileURLToPath(new URL('../../../', import.meta.url));

export const serversFolder = join(rootFolder, 'servers');
export const defaultResultsFolder = join(rootFolder, 'results');

/** Where npm puts the pinned runtimes. */
const binFolder = join(rootFolder, 'node_modules', '.bin');

/** PATH with the pinned runtimes first, whatever the shell's own order is. */
export function pathWithRuntimes(path: string | undefined): string {
  return path === undefined || path === '' ? binFolder : `${binFolder}${delimiter}${path}`;
}
