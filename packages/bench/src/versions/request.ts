import { UsageError } from '../exitCodes.ts';

/** A server with a version of its runtime: `node@24`, `bun@1.4.5`, `my-server@22.1`. */
export interface VersionRequest {
  readonly server: string;
  /** One to three numbers: the newest release that begins with them is meant. */
  readonly range: string;
}

/** @returns null for a name without a version. @throws UsageError naming what is not accepted. */
export function parseVersionRequest(name: string): VersionRequest | null {
  const at = name.indexOf('@');
  if (at === -1) return null;
  const range = name.slice(at + 1);
  if (at > 0 && /^\d{1,5}(\.\d{1,5}){0,2}$/.test(range)) return { server: name.slice(0, at), range };
  throw new UsageError(
    `runtime "${name}": accepted is a version of one to three numbers, such as node@24, node@24.3 or bun@1.4.5`,
  );
}

export function isExact({ range }: VersionRequest): boolean {
  return range.split('.').length === 3;
}

/** The newest of the releases that begin with a range, or null; versions with a suffix (`-rc.1`) are none. */
export function newestWithin(range: string, versions: readonly string[]): string | null {
  const releases = versions.filter(
    (version) => /^\d+\.\d+\.\d+$/.test(version) && `${version}.`.startsWith(`${range}.`),
  );
  return releases.toSorted(byVersion).at(-1) ?? null;
}

function byVersion(a: string, b: string): number {
  const [as, bs] = [a, b].map((version) => version.split('.').map(Number));
  for (const [index, part] of (as ?? []).entries()) {
    const difference = part - (bs?.[index] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}
