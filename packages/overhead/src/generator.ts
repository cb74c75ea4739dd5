import { access, constants } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { findK6 } from '@acceptbench/k6/find';
import { run } from './processes.ts';

/** What loads a server as hard as it can: a closed loop over kept connections. */
export interface Generator {
  readonly name: 'wrk' | 'k6';
  /** Whether it is fast enough to keep a bare server busy. */
  readonly fast: boolean;
  /**
   * @returns requests completed, and in how many seconds.
   * @throws Error when a response was wrong or missing, or the generator failed.
   */
  load(url: string, connections: number, seconds: number): Promise<Completed>;
}

export interface Completed {
  readonly requests: number;
  readonly seconds: number;
}

const script = fileURLToPath(new URL('../fixtures/k6/closed-loop.ts', import.meta.url));
const spareMs = 20_000;

/** wrk where it is on PATH, else k6. @throws Error when there is neither. */
export async function findGenerator(path: string): Promise<Generator> {
  for (const folder of path.split(delimiter)) {
    const program = join(folder, 'wrk');
    if (folder !== '' && (await isExecutable(program))) return wrk(program);
  }
  const found = await findK6();
  if (found.state === 'found') return k6(found.path);
  throw new Error(
    'overhead needs a load generator: install wrk (apt-get install wrk), or run: npx turbo run setup',
  );
}

function wrk(program: string): Generator {
  return {
    name: 'wrk',
    fast: true,
    async load(url, connections, seconds) {
      const args = ['--threads', '1', '--connections', String(connections), '--duration', `${seconds}s`, url];
      return parseWrk(await run({ program, args, folder: '.', variables: {} }, seconds * 1000 + spareMs));
    },
  };
}

function k6(program: string): Generator {
  return {
    name: 'k6',
    fast: false,
    async load(url, connections, seconds) {
      const args = [
        'run',
        '--quiet',
        '--no-usage-report',
        '--vus',
        String(connections),
        '--duration',
        `${seconds}s`,
      ];
      const variables = { URL: url };
      const text = await run(
        { program, args: [...args, script], folder: '.', variables },
        seconds * 1000 + spareMs,
      );
      return parseK6(text);
    },
  };
}

/** Reads what wrk 4 prints. @throws Error when it counted errors, or is something else. */
export function parseWrk(text: string): Completed {
  const errors = /^ *(Socket errors:.*|Non-2xx or 3xx responses:.*)$/m.exec(text)?.[1];
  if (errors !== undefined) throw new Error(`wrk counted failures: ${errors}`);
  const match = /^ *(\d+) requests in (\d+(?:\.\d+)?)(s|m), /m.exec(text);
  const requests = Number(match?.[1]);
  const seconds = Number(match?.[2]) * (match?.[3] === 'm' ? 60 : 1);
  if (!(requests > 0 && seconds > 0)) {
    throw new Error(
      `can't read what wrk printed: got "${text.slice(0, 200)}", accepted is a line "N requests in S s"`,
    );
  }
  return { requests, seconds };
}

/** Reads the line that our k6 script prints. @throws Error when it counted failures, or is something else. */
export function parseK6(text: string): Completed {
  const line = text.split('\n').find((part) => part.startsWith('{"requests"'));
  if (line === undefined) {
    throw new Error(`can't read what k6 printed: got "${text.slice(0, 200)}", accepted is a line of JSON`);
  }
  const { requests, failed, seconds }: Record<string, unknown> = JSON.parse(line);
  if (typeof requests !== 'number' || typeof seconds !== 'number' || !(requests > 0 && seconds > 0)) {
    throw new Error(`can't read what k6 printed: got ${line}, accepted are requests and seconds above 0`);
  }
  if (failed !== 0) throw new Error(`k6 counted failures: ${String(failed)}`);
  return { requests, seconds };
}

async function isExecutable(file: string): Promise<boolean> {
  try {
    await access(file, constants.X_OK);
    return true;
  } catch (error) {
    // Not there, or not to be run: the answer is no.
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    if (code === 'ENOENT' || code === 'ENOTDIR' || code === 'EACCES') return false;
    throw error;
  }
}
