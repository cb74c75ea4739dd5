import type { ClosedLoopGenerator, ClosedLoopReport } from './closedLoop.ts';

/** A connection that waits longer is a timeout. */
const timeoutSeconds = 30;

export const wrk: ClosedLoopGenerator = {
  name: 'wrk',
  install: 'apt-get install wrk',
  arguments: ({ url, connections, seconds, threads, keepAlive }) => [
    ...['--threads', String(Math.min(threads, connections))],
    ...['--connections', String(connections)],
    ...['--duration', `${seconds}s`],
    ...['--timeout', `${timeoutSeconds}s`],
    '--latency',
    ...(keepAlive ? [] : ['--header', 'Connection: close']),
    url,
  ],
  parse: parseWrk,
};

/** Reads what wrk 4 prints with `--latency`. @throws Error when it is something else. */
function parseWrk(text: string): ClosedLoopReport {
  const total = /^ *(\d+) requests in (\S+), /m.exec(text);
  const latency = /^ *Latency +(\S+) +\S+ +(\S+) /m.exec(text);
  const percentile = (p: number) => new RegExp(`^ *${p}% +(\\S+)$`, 'm').exec(text)?.[1];
  const report = {
    responses: Number(total?.[1] ?? Number.NaN),
    wrong: count(text, /^ *Non-2xx or 3xx responses: (\d+)$/m),
    errored: ['connect', 'read', 'write', 'timeout'].reduce(
      (sum, kind) => sum + count(text, new RegExp(`^ *Socket errors:.* ${kind} (\\d+)`, 'm')),
      0,
    ),
    seconds: milliseconds(total?.[2]) / 1000,
    latency: {
      mean: milliseconds(latency?.[1]),
      min: null,
      p50: milliseconds(percentile(50)),
      p90: milliseconds(percentile(90)),
      p99: milliseconds(percentile(99)),
      max: milliseconds(latency?.[2]),
    },
  };
  const { min: _, ...times } = report.latency;
  if (![report.responses, report.seconds, ...Object.values(times)].every(Number.isFinite)) {
    throw new Error(
      `can't read what wrk printed: got "${text.slice(0, 200)}", accepted is what wrk 4 prints with --latency`,
    );
  }
  return report;
}

function count(text: string, pattern: RegExp): number {
  return Number(pattern.exec(text)?.[1] ?? 0);
}

/** wrk's times: `317.00us`, `0.87ms`, `1.10s`, `1.50m`. NaN when it is something else. */
function milliseconds(text: string | undefined): number {
  const match = /^(\d+(?:\.\d+)?)(us|ms|s|m|h)$/.exec(text ?? '');
  const factors: Readonly<Record<string, number>> = { us: 0.001, ms: 1, s: 1000, m: 60_000, h: 3_600_000 };
  return Number(match?.[1] ?? Number.NaN) * (factors[match?.[2] ?? ''] ?? Number.NaN);
}
