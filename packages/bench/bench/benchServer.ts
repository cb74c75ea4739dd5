import type { Cell } from '@acceptbench/results/cell';
import { pathWithRuntimes } from '../src/paths.ts';
import { type RunningServer, startServer } from '../src/replicate/server.ts';
import { readServers } from '../src/servers.ts';

export const noWork = { kind: 'none', iterations: 0 } as const;

/** One of our servers on loopback, as a cell has it, or on another address. */
export async function startBenchServer(cell: Cell, host = '127.0.0.1'): Promise<RunningServer> {
  const server = (await readServers([])).get(cell.runtime);
  if (server === undefined) throw new Error(`no server is called ${cell.runtime}`);
  const path = pathWithRuntimes(process.env.PATH);
  return startServer({ ...server, cell, host, port: 0, startSeconds: 20, path, prefix: [] });
}
