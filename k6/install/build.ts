import { lastLine, runProgram } from './program.ts';

export interface BuildOptions {
  /** The `go` program. */
  readonly go: string;
  /** Folder of `go.mod` and `go.sum`. */
  readonly moduleFolder: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Called every second with the seconds so far. */
  readonly onElapsed: (seconds: number) => void;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Builds k6 with the Go toolchain; every module is verified against `go.sum`.
 * @throws Error with Go's last line when the build fails; `signal`'s reason when interrupted, with no compiler left behind
 */
export async function buildK6(outFile: string, options: BuildOptions): Promise<void> {
  const args = [
    'build',
    '-C',
    options.moduleFolder,
    '-mod=readonly',
    '-trimpath',
    '-buildvcs=false',
    '-o',
    outFile,
  ];
  const start = performance.now();
  const timer = setInterval(() => options.onElapsed(Math.round((performance.now() - start) / 1000)), 1000);
  try {
    const result = await runProgram(options.go, [...args, 'go.k6.io/k6/v2'], {
      signal: options.signal,
      timeoutMs: 20 * 60_000,
      // Pure Go, as the official release is, and without a workspace of the surroundings.
      env: { ...options.env, CGO_ENABLED: '0', GOWORK: 'off' },
    });
    if (result.state === 'failed') throw new Error(`"go build" ${result.reason}`);
    if (result.code !== 0)
      throw new Error(`"go build" exited with ${result.code}: ${lastLine(result.stderr)}`);
  } finally {
    clearInterval(timer);
  }
}
