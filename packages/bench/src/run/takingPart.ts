import { UsageError } from '../exitCodes.ts';
import { readServers, type Server } from '../servers.ts';
import { parseVersionRequest } from '../versions/request.ts';
import { withVersion } from '../versions/withVersion.ts';

/**
 * The servers with these names, each once and under the name that cells have: with an exact version where one was asked for.
 *
 * @param files manifests of servers that are not ours
 * @param say tells what is fetched; null leaves a version as it was asked for, and fetches nothing
 * @throws UsageError naming what is not known. @throws CannotRunError when a version can't be fetched
 */
export async function takingPart(
  names: readonly string[],
  files: readonly string[],
  say: ((line: string) => void) | null,
): Promise<Map<string, Server>> {
  const known = await readServers(files);
  const taking = new Map<string, Server>();
  for (const name of new Set(names)) {
    const request = parseVersionRequest(name);
    const server = known.get(request?.server ?? name);
    if (server === undefined) {
      throw new UsageError(`unknown runtime "${name}"; there are ${[...known.keys()].join(', ')}`);
    }
    if (request === null || say === null) {
      taking.set(name, server);
      continue;
    }
    const versioned = await withVersion(server, request, say);
    taking.set(versioned.manifest.name, versioned);
  }
  return taking;
}
