import type { Cell } from '@acceptbench/results/cell';
import type { NotOfferedReplicate, Replicate } from '@acceptbench/results/replicate';
import { schemaVersion } from '@acceptbench/results/schemaVersion';
import type { Manifest } from '@acceptbench/server/manifest';
import type { Server } from '../servers.ts';

/** Why a server's manifest does not offer a cell, in one line; null when it does. */
export function notOfferedByManifest(manifest: Manifest, { api, topology }: Cell): string | null {
  const { name, apis, topologies } = manifest;
  if (!apis.includes(api)) return `${name} has no ${api} API; its manifest offers ${apis.join(', ')}`;
  if (topologies.includes(topology)) return null;
  return `${name} has no ${topology} topology; its manifest offers ${topologies.join(', ')}`;
}

/** What is known without running anything: the cells that a manifest does not offer, as they come after what is `done`. */
export function knownNotOffered(
  cells: readonly Cell[],
  servers: ReadonlyMap<string, Server>,
  done: readonly Replicate[],
): NotOfferedReplicate[] {
  const recorded = new Set(done.flatMap(({ outcome, cell }) => (outcome === 'not-offered' ? [cell.id] : [])));
  const missing = cells.flatMap((cell) => {
    if (recorded.has(cell.id)) return [];
    const server = servers.get(cell.runtime);
    const reason = server === undefined ? null : notOfferedByManifest(server.manifest, cell);
    return reason === null ? [] : [{ cell, reason }];
  });
  const startedAt = new Date().toISOString();
  return missing.map(({ cell, reason }, index) => ({
    schemaVersion,
    cell,
    block: 1,
    order: (done.at(-1)?.order ?? 0) + index + 1,
    attempt: 1,
    startedAt,
    wallSeconds: 0,
    outcome: 'not-offered',
    reason,
  }));
}

/**
 * Why a listener does not have the backlog that a cell asks for although the listen argument was passed, in one line; null
 * when it does, when the cell asks for none, or when nobody says.
 *
 * @param limits effective backlogs of the server's listeners, as the kernel shows them
 * @param somaxconn net.core.somaxconn where the server runs, which clamps any argument; null where it is not readable
 */
export function backlogNotOffered(
  { backlog, runtime }: Cell,
  limits: readonly number[],
  somaxconn: number | null,
): string | null {
  if (backlog === undefined) return null;
  const wanted = Math.min(backlog, somaxconn ?? Number.POSITIVE_INFINITY);
  const got = limits.find((limit) => limit !== wanted);
  if (got === undefined) return null;
  return `${runtime} does not take a listen backlog of ${backlog}: the kernel shows ${got}${wanted === backlog ? '' : `, where net.core.somaxconn ${somaxconn} leaves ${wanted}`}`;
}
