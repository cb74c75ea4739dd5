import { fileURLToPath } from 'node:url';
import type { ClosedLoopReport } from '@acceptbench/client/closedLoop';
import { findProgram } from '@acceptbench/client/program';
import { wrk } from '@acceptbench/client/wrk';
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
  const program = await findProgram('wrk', path);
  if (program !== null) return viaWrk(program);
  const found = await findK6();
  if (found.state === 'found') return k6(found.path);
  throw new Error(
    'overhead needs a load generator: install wrk (apt-get install wrk), or run: npx turbo run setup',
  );
}

function viaWrk(program: string): Generator {
  return {
    name: 'wrk',
    fast: true,
    async load(url, connections, seconds) {
      const args = wrk.arguments({ url, connections, seconds, threads: 1, keepAlive: true });
      return completedOf(
        wrk.parse(await run({ program, args, folder: '.', variables: {} }, seconds * 1000 + spareMs)),
      );
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

/** What wrk counted, as a figure. @throws Error when it counted failures, or nothing. */
export function completedOf({ responses, wrong, errored, seconds }: ClosedLoopReport): Completed {
  if (wrong + errored > 0) {
    throw new Error(`wrk counted failures: ${wrong} responses that are not 2xx or 3xx, ${errored} errors`);
  }
  if (!(responses > 0 && seconds > 0)) {
    throw new Error(`wrk counted nothing: got ${responses} responses in ${seconds} s`);
  }
  return { requests: responses, seconds };
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
