import { fileURLToPath } from 'node:url';
import { memberIndexVariable } from '@acceptbench/server/member';
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
  return {
    onLine: (handler) => void readLines(child.stdout, handler),
    onErrorLine: (handler) => void readLines(child.stderr, handler),
    onExit: (handler) => void child.exited.then((code) => handler(`exit code ${code}`)),
    drain() {
      child.stdin.write('drain\n');
      child.stdin.flush();
    },
    kill: () => child.kill('SIGKILL'),
  };
}

/** The process that started this one, when it is a process of `prefork`: stdin ends when it goes. */
export function owner(): Owner | null {
  return process.env[memberIndexVariable] === undefined ? null : stdinOwner;
}

const stdinOwner: Owner = {
  onDrain: (handler) =>
    void readLines(Bun.stdin.stream(), (line) => line === 'drain' && handler()).then(gone.resolve),
  onGone: (handler) => void gone.promise.then(handler),
};
const gone = Promise.withResolvers<void>();

async function readLines(stream: ReadableStream<Uint8Array>, onLine: (line: string) => void): Promise<void> {
  const decoder = new TextDecoder();
  let rest = '';
  for await (const chunk of stream) {
    const lines = (rest + decoder.decode(chunk, { stream: true })).split('\n');
    rest = lines.pop() ?? '';
    lines.forEach(onLine);
  }
}
