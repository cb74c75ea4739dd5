import { readFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseManifest, startCommand } from '@acceptbench/server/manifest';
import type { Topology } from '@acceptbench/server/options';
import type { Runtime } from './arguments.ts';
import type { Command } from './processes.ts';

const root = fileURLToPath(new URL('../../../', import.meta.url));
const fixtures = fileURLToPath(new URL('../fixtures/', import.meta.url));
const host = '127.0.0.1';

/** PATH with the pinned runtimes first, whatever the shell's own order is. */
export function pathWithRuntimes(path: string | undefined): string {
  const bin = join(root, 'node_modules', '.bin');
  return path === undefined || path === '' ? bin : `${bin}${delimiter}${path}`;
}

/**
 * How our server is started; `variables` are its further options, such as WORK.
 *
 * @param folder holds a folder for each runtime; null for the project's own.
 * @throws Error when there is no server.json, or it is not accepted.
 */
export function ourServer(
  runtime: Runtime,
  folder: string | null,
  topology: Topology,
  variables: Readonly<Record<string, string>>,
): Command {
  const own = join(folder ?? join(root, 'servers'), runtime);
  const manifest = parseManifest(JSON.parse(readFileSync(join(own, 'server.json'), 'utf8')));
  const [program = '', ...args] = startCommand(manifest, host, topology);
  return {
    program,
    args,
    folder: own,
    variables: { HOST: host, PORT: '0', METRICS_PORT: '0', TOPOLOGY: topology, ...variables },
  };
}

/**
 * How a server to compare with is started: `hello` is bare, `timed` reads the request and the clock too, `main-loop-metrics`
 * has its metrics on its event loop. It runs as a server of ours does, with the same flags and permissions, so that only
 * the code differs.
 */
export function fixtureServer(
  runtime: Runtime,
  name: 'hello' | 'timed' | 'main-loop-metrics',
  variables: Readonly<Record<string, string>> = {},
): Command {
  const { program, args, folder } = ourServer(runtime, null, 'inline', {});
  const entry = join(fixtures, runtime, `${name}.ts`);
  return { program, args: [...args.slice(0, -1), entry], folder, variables };
}
