import { parseManifest, startCommand } from '@acceptbench/server/manifest';
import { memberIndexVariable, memberMetricsVariable } from '@acceptbench/server/member';
import { drainLine, ownerOnStdin, readLines } from '@acceptbench/server/memberLines';
import { variables } from '@acceptbench/server/options';
import type { MemberHandle, Owner } from '@acceptbench/server/platform';
import manifest from '../server.json' with { type: 'json' };

/** The variables that this process may read: a server's, and those of a member. */
export const readable: readonly string[] = [...variables, memberIndexVariable, memberMetricsVariable];

/**
 * Starts a process of `prefork`, with a listener of its own on the port and the permissions of this one less those to
 * start processes. It is told to drain by a line on stdin.
 */
export function startMember(environment: Readonly<Record<string, string>>): MemberHandle {
  // By name, as the permission has it: PATH has the deno that runs this first, and the owner compares versions.
  const [program = '', ...args] = startCommand(parseManifest(manifest), environment.HOST ?? '', 'inline');
  const child = new Deno.Command(program, {
    args: args.filter((part) => !part.startsWith('--allow-run=')),
    env: environment,
    stdin: 'piped',
    stdout: 'piped',
    stderr: 'piped',
  }).spawn();
  const stdin = child.stdin.getWriter();
  let ended = false;
  void child.status.then(() => {
    ended = true;
  });
  const read: Promise<void>[] = [];
  return {
    onLine: (handler) => void read.push(readLines(child.stdout, new TextDecoder(), handler)),
    onErrorLine: (handler) => void read.push(readLines(child.stderr, new TextDecoder(), handler)),
    // It has ended once its last line has been heard as well.
    onExit: (handler) =>
      void child.status.then(async ({ code, signal }) => {
        await Promise.allSettled(read);
        handler(signal ?? `exit code ${code}`);
      }),
    drain: () => void stdin.write(new TextEncoder().encode(`${drainLine}\n`)),
    kill() {
      if (ended) return;
      try {
        child.kill('SIGKILL');
      } catch (error) {
        // It ended a moment ago: Deno refuses before its status is told.
        if (!(error instanceof TypeError)) throw error;
      }
    },
  };
}

/** The process that started this one, when it is a process of `prefork`. */
export function owner(): Owner | null {
  if (Deno.env.get(memberIndexVariable) === undefined) return null;
  stdinOwner ??= ownerOnStdin(Deno.stdin.readable, new TextDecoder());
  return stdinOwner;
}

let stdinOwner: Owner | undefined;
