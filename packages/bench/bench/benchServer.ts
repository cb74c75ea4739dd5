import type { Cell } from '@acceptbench/results/cell';
import { pathWithRuntimes } from '../src/paths.ts';
import { type RunningServer, startServer } from '../src/replicate/server.ts';
import { readServers } from '../src/servers.ts';

/** One of our servers on loopback, as a cell has it. */
export async function startBenchServer(cell: Cell): Promise<RunningServer> {
  const server = (await readServers([])).get(cell.runtime);
  if (server === undefined) throw new Error(`no server is called ${cell.runtime}`);
  const path = pathWithRuntimes(process.env.PATH);
  return startServer({ ...server, cell, host: '127.0.0.1', port: 0, startSeconds: 20, path, prefix: [] });
}
