import { parseArgs } from 'node:util';

export const benchmarks = ['scrape', 'overhead', 'dispatch'] as const;
export type BenchmarkName = (typeof benchmarks)[number];
export const runtimes = ['node', 'bun', 'deno'] as const;
export type Runtime = (typeof runtimes)[number];

/** What to measure, resolved. */
export interface Settings {
  readonly benchmarks: readonly BenchmarkName[];
  readonly runtimes: readonly Runtime[];
  /** Pairs of `overhead` and `dispatch`. */
  readonly pairs: number;
  /** Seconds of load for each side of a pair, after its warm-up. */
  readonly seconds: number;
  /** Scrapes of each server of `scrape`, at most. */
  readonly scrapes: number;
  /** Connections kept busy, or jobs outstanding. */
  readonly connections: number;
  /** Folder with a folder for each runtime's server; null for the project's own. */
  readonly servers: string | null;
  /** File that gets the result as JSON; null for none. */
  readonly json: string | null;
}

/** One line for the person who typed the command. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

const defaults = { pairs: '5', seconds: '3', scrapes: '200', connections: '64' } as const;

const about: Record<BenchmarkName, string> = {
  scrape:
    'how long a scrape takes while every event loop (inline) or every CPU worker (offload) is busy; beside\n            it a server that serves its metrics on its main loop',
  overhead:
    'requests per second with our metrics and routes and no work, over a bare server of the same runtime',
  dispatch: 'jobs per second through the offload queue on Node with no work, over Piscina',
};

/** The text for `--help`; of one benchmark when it is named. */
function helpText(named: readonly BenchmarkName[]): string {
  const shown = named.length === 0 ? benchmarks : named;
  return [
    `Usage: node src/main.ts [${benchmarks.join(' | ')}]... [options]`,
    '',
    'What the servers themselves cost, on this machine. Without a name, all three, one after the other:',
    ...shown.map((name) => `  ${name.padEnd(10)}${about[name]}`),
    '',
    'Options:',
    `  --runtime LIST     of ${runtimes.join(',')} (scrape, overhead) [all]`,
    `  --pairs N          pairs of fresh processes (overhead, dispatch), 1 to 100 [${defaults.pairs}]`,
    `  --seconds S        of load for each side of a pair, after its warm-up (overhead, dispatch), 1 to 60 [${defaults.seconds}]`,
    `  --scrapes N        scrapes of each server, at most (scrape), 10 to 10000 [${defaults.scrapes}]`,
    `  --connections N    kept busy, or jobs outstanding, 1 to 1000 [${defaults.connections}]`,
    "  --servers FOLDER   measure the servers in FOLDER/<runtime>/server.json instead of the project's",
    '  --json FILE        write the result as JSON too',
    '  --help',
    '',
    'Progress goes to stderr, the result to stdout. Measure on a machine that does nothing else.',
  ].join('\n');
}

/**
 * Reads the command line, without the program and its script.
 *
 * @throws {UsageError} naming what was got and what is accepted.
 */
export function parseArguments(args: readonly string[]): Settings | { readonly help: string } {
  const { values, positionals } = read(args);
  const named = positionals.map((name) => oneOf('benchmark', name, benchmarks));
  if (values.help === true) return { help: helpText(named) };
  const listed = values.runtime?.split(',').map((name) => oneOf('--runtime', name, runtimes));
  return {
    benchmarks: named.length === 0 ? benchmarks : [...new Set(named)],
    runtimes: listed === undefined ? runtimes : [...new Set(listed)],
    pairs: wholeNumber('--pairs', values.pairs ?? defaults.pairs, 1, 100),
    seconds: wholeNumber('--seconds', values.seconds ?? defaults.seconds, 1, 60),
    scrapes: wholeNumber('--scrapes', values.scrapes ?? defaults.scrapes, 10, 10_000),
    connections: wholeNumber('--connections', values.connections ?? defaults.connections, 1, 1000),
    servers: values.servers ?? null,
    json: values.json ?? null,
  };
}

function read(args: readonly string[]) {
  try {
    const text = { type: 'string' } as const;
    return parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        runtime: text,
        pairs: text,
        seconds: text,
        scrapes: text,
        connections: text,
        servers: text,
        json: text,
        help: { type: 'boolean', short: 'h' },
      },
    });
  } catch (cause) {
    const message = cause instanceof Error ? cause.message : String(cause);
    throw new UsageError(`${message}; --help shows what is accepted`, { cause });
  }
}

function oneOf<T extends string>(what: string, got: string, accepted: readonly T[]): T {
  const found = accepted.find((value) => value === got);
  if (found === undefined) {
    throw new UsageError(`${what}: got "${got}", accepted are ${accepted.join(', ')}`);
  }
  return found;
}

function wholeNumber(what: string, got: string, min: number, max: number): number {
  const value = /^[0-9]{1,6}$/.test(got) ? Number(got) : Number.NaN;
  if (!(value >= min && value <= max)) {
    throw new UsageError(`${what}: got "${got}", accepted is a whole number from ${min} to ${max}`);
  }
  return value;
}
