import { CannotRunError, UsageError } from '../exitCodes.ts';
import { readVersion, type Server } from '../servers.ts';
import { listVersions } from './npm.ts';
import { placeRuntime } from './place.ts';
import { type PlatformPackage, platformPackage, thisHost } from './platformPackage.ts';
import { isExact, newestWithin, type VersionRequest } from './request.ts';

/**
 * A server on a version of its runtime, under a name with the exact version: `node@24` becomes `node@24.18.0`. The pinned runtime
 * is used where it is that version; any other is fetched from npm once.
 *
 * @throws UsageError when there is no such version. @throws CannotRunError when it can't be fetched
 */
export async function withVersion(
  server: Server,
  request: VersionRequest,
  say: (line: string) => void,
): Promise<Server> {
  const { runtime } = server.manifest;
  const host = thisHost();
  const found = platformPackage(runtime, host);
  if (found === null) {
    throw new UsageError(
      `runtime "${request.server}@${request.range}": npm has no versions of ${runtime} for ${host.platform} ${host.arch}; leave out the version`,
    );
  }
  const pinned = await readVersion(server).catch(() => null);
  const version = isExact(request) ? request.range : await newest(request, found);
  const named = { ...server, manifest: { ...server.manifest, name: `${request.server}@${version}` } };
  if (version === pinned) return named;
  return { ...named, binFolder: await placeRuntime(runtime, version, found, host, say) };
}

async function newest({ server, range }: VersionRequest, { name }: PlatformPackage): Promise<string> {
  try {
    const version = newestWithin(range, await listVersions(name, range));
    if (version !== null) return version;
  } catch (cause) {
    if (!(cause instanceof CannotRunError)) throw cause;
    throw new CannotRunError(
      `${cause.message}. An exact version that was fetched before, or ${server} without one, needs no network`,
      { cause },
    );
  }
  throw new UsageError(
    `runtime "${server}@${range}": npm has no release of ${name} that begins with ${range}`,
  );
}
