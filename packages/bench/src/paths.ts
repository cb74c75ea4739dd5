import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Top of the repository. */
export const rootFolder = fileURLToPath(new URL('../../../', import.meta.url));

export const serversFolder = join(rootFolder, 'servers');
/** The manifests that `cluster render` builds on. */
export const clusterFolder = join(rootFolder, 'k6', 'cluster');
/** Where the Prometheus of compose.yaml looks for what it is to read. */
export const defaultTargetsFolder = join(rootFolder, 'dashboards', 'prometheus', 'targets');
/** What starts Prometheus and Grafana, and the file that its service `backfill` reads. */
export const composeFile = join(rootFolder, 'compose.yaml');
export const importFile = join(rootFolder, 'dashboards', 'prometheus', 'import', 'run.txt');
export const defaultResultsFolder = join(rootFolder, 'results');

/** Where npm puts the pinned runtimes. */
const binFolder = join(rootFolder, 'node_modules', '.bin');

/** Where runtimes of other versions are kept. */
export const runtimesFolder = process.env.ACCEPTBENCH_RUNTIMES ?? join(rootFolder, '.cache', 'runtimes');

/**
 * PATH with the pinned runtimes before the shell's own.
 *
 * @param first a folder that comes before both: that of a runtime of another version
 */
export function pathWithRuntimes(path: string | undefined, first?: string): string {
  return [first, binFolder, path].filter((part) => part !== undefined && part !== '').join(delimiter);
}
