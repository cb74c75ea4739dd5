import { memberIndexVariable, memberMetricsVariable } from '@acceptbench/server/member';
import { variables } from '@acceptbench/server/options';
import type { MemberHandle, Owner } from '@acceptbench/server/platform';

/** The variables that this process may read: a server's, and those of a member. */
export const readable: readonly string[] = [...variables, memberIndexVariable, memberMetricsVariable];

/**
 * Starts a process of `prefork`, with a listener of its own on the port and the permissions of this one less those to
 * start processes. It is told to drain by a line on stdin.
 */
export function startMember(environment: Readonly<Record<string, string>>): MemberHandle {
  // By name, as the permission has it: PATH has the deno that runs this first, and the owner compares versions.
  const child = new Deno.Command('deno', {
    args: [
      'run',
      '--quiet',
      '--no-prompt',
      '--no-remote',
      '--no-lock',
      '--unstable-net',
      '--unstable-no-legacy-abort',
      `--allow-net=${environment.HOST}`,
      `--allow-env=${readable.join(',')}`,
      '--allow-read=src,../node-http,../../packages,../../node_modules',
      new URL('./main.ts', import.meta.url).href,
    ],
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
  return {
    onLine: (handler) => void readLines(child.stdout, handler),
    onErrorLine: (handler) => void readLines(child.stderr, handler),
    onExit: (handler) => void child.status.then(({ code, signal }) => handler(signal ?? `exit code ${code}`)),
    drain: () => void stdin.write(new TextEncoder().encode('drain\n')),
    kill: () => void (ended || child.kill('SIGKILL')),
  };
}

/** The process that started this one, when it is a process of `prefork`: stdin ends when it goes. */
export function owner(): Owner | null {
  return Deno.env.get(memberIndexVariable) === undefined ? null : stdinOwner;
}

const gone = Promise.withResolvers<void>();
const stdinOwner: Owner = {
  onDrain: (handler) =>
    void readLines(Deno.stdin.readable, (line) => line === 'drain' && handler()).then(gone.resolve),
  onGone: (handler) => void gone.promise.then(handler),
};

async function readLines(stream: ReadableStream<Uint8Array>, onLine: (line: string) => void): Promise<void> {
  const decoder = new TextDecoder();
  let rest = '';
  for await (const chunk of stream) {
    const lines = (rest + decoder.decode(chunk, { stream: true })).split('\n');
    rest = lines.pop() ?? '';
    lines.forEach(onLine);
  }
}
