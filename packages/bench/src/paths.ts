import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Top of the repository. */
export const rootFolder = fileURLToPath(new URL('../../../', import.meta.url));

export const serversFolder = join(rootFolder, 'servers');
/** Where the Prometheus of compose.yaml looks for what it is to read. */
export const defaultTargetsFolder = join(rootFolder, 'dashboards', 'prometheus', 'targets');
/** What starts Prometheus and Grafana, and the file that its service `backfill` reads. */
export const composeFile = join(rootFolder, 'compose.yaml');
export const importFile = join(rootFolder, 'dashboards', 'prometheus', 'import', 'run.txt');
export const defaultResultsFolder = join(rootFolder, 'results');

/** Where npm puts the pinned runtimes. */
const binFolder = join(rootFolder, 'node_modules', '.bin');

/** PATH with the pinned runtimes first, whatever the shell's own order is. */
export function pathWithRuntimes(path: string | undefined): string {
  return path === undefined || path === '' ? binFolder : `${binFolder}${delimiter}${path}`;
}
