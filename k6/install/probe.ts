import { lastLine, runProgram } from './program.ts';
import { parseK6Version } from './version.ts';

export type Probe =
  | { readonly state: 'runs'; readonly version: string }
  | { readonly state: 'broken'; readonly reason: string };

/** Asks a file for its version by running `<file> version`; `broken` has a phrase that follows the file's name. */
export async function probeK6(file: string, signal?: AbortSignal): Promise<Probe> {
  const result = await runProgram(file, ['version'], { timeoutMs: 15_000, signal, env: process.env });
  if (result.state === 'failed') return { state: 'broken', reason: result.reason };
  if (result.code !== 0) {
    const said = lastLine(result.stderr) || lastLine(result.stdout);
    return {
      state: 'broken',
      reason: `"version" exited with ${result.code}${said === '' ? '' : `: ${said}`}`,
    };
  }
  const version = parseK6Version(result.stdout);
  if (version === undefined) {
    return { state: 'broken', reason: `is not k6: "version" printed "${lastLine(result.stdout)}"` };
  }
  return { state: 'runs', version };
}
