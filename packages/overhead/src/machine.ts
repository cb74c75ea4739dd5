import { execFile } from 'node:child_process';
import { cpus, release, type } from 'node:os';
import { promisify } from 'node:util';
import { type Runtime, runtimes } from './arguments.ts';
import { pathWithRuntimes } from './servers.ts';

/** What the figures were measured on. */
export interface Machine {
  readonly cores: number;
  readonly cpu: string;
  readonly kernel: string;
  readonly versions: Readonly<Record<Runtime, string>>;
}

/** @throws Error when a runtime can't be run, or says no version. */
export async function readMachine(): Promise<Machine> {
  const env = { ...process.env, PATH: pathWithRuntimes(process.env.PATH) };
  const versionOf = async (runtime: Runtime) => {
    const { stdout } = await promisify(execFile)(runtime, ['--version'], { env, timeout: 20_000 });
    const version = /\d+\.\d+\.\d+\S*/.exec(stdout)?.[0];
    if (version === undefined)
      throw new Error(`${runtime} --version printed no version: got "${stdout.slice(0, 100)}"`);
    return version;
  };
  const processors = cpus();
  const [node, bun, deno] = await Promise.all([versionOf('node'), versionOf('bun'), versionOf('deno')]);
  return {
    cores: processors.length,
    cpu: processors[0]?.model.trim() ?? 'unknown',
    kernel: `${type()} ${release()}`,
    versions: { node, bun, deno },
  };
}

/** One line for the head of a result. */
export function describeMachine({ cores, cpu, kernel, versions }: Machine): string {
  const runs = runtimes.map((runtime) => `${runtime} ${versions[runtime]}`).join(', ');
  return `${cores} cores (${cpu}), ${kernel}; ${runs}`;
}
