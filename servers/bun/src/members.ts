import { fileURLToPath } from 'node:url';
import { memberIndexVariable } from '@acceptbench/server/member';
import { drainLine, ownerOnStdin, readLines } from '@acceptbench/server/memberLines';
import type { MemberHandle, Owner } from '@acceptbench/server/platform';

/** Starts a process of `prefork`, with a listener of its own on the port. It is told to drain by a line on stdin. */
export function startMember(variables: Readonly<Record<string, string>>): MemberHandle {
  const entry = fileURLToPath(new URL('./main.ts', import.meta.url));
  const child = Bun.spawn([process.execPath, entry], {
    env: { ...process.env, ...variables },
    stdin: 'pipe',
    stdout: 'pipe',
    stderr: 'pipe',
  });
  const read: Promise<void>[] = [];
  return {
    onLine: (handler) => void read.push(readLines(child.stdout, new TextDecoder(), handler)),
    onErrorLine: (handler) => void read.push(readLines(child.stderr, new TextDecoder(), handler)),
    // It has ended once its last line has been heard as well.
    onExit: (handler) =>
      void child.exited.then(async (code) => {
        await Promise.allSettled(read);
        handler(`exit code ${code}`);
      }),
    drain() {
      child.stdin.write(`${drainLine}\n`);
      child.stdin.flush();
    },
    kill: () => child.kill('SIGKILL'),
  };
}

/** The process that started this one, when it is a process of `prefork`. */
export function owner(): Owner | null {
  if (process.env[memberIndexVariable] === undefined) return null;
  stdinOwner ??= ownerOnStdin(Bun.stdin.stream(), new TextDecoder());
  return stdinOwner;
}

let stdinOwner: Owner | undefined;
