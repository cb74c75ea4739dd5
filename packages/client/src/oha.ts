import * as z from 'zod';
import type { ClosedLoopGenerator, ClosedLoopReport } from './closedLoop.ts';

const seconds = z.number();

/** What is read of `oha --output-format json`; times in seconds, null when nothing was answered. */
const Output = z.looseObject({
  summary: z.looseObject({
    total: seconds,
    average: seconds.nullable(),
    fastest: seconds.nullable(),
    slowest: seconds.nullable(),
  }),
  latencyPercentiles: z.looseObject({
    p50: seconds.nullable(),
    p90: seconds.nullable(),
    p99: seconds.nullable(),
  }),
  statusCodeDistribution: z.record(z.string(), z.int()),
  errorDistribution: z.record(z.string(), z.int()),
});

/** What it was still waiting for when its time was over: no error of anybody's. */
const cutOff = 'aborted due to deadline';

export const oha: ClosedLoopGenerator = {
  name: 'oha',
  install: 'cargo install oha (1.9 or later)',
  arguments: ({ url, connections, seconds, keepAlive }) => [
    '--no-tui',
    ...['--output-format', 'json'],
    ...['-c', String(connections)],
    ...['-z', `${seconds}s`],
    ...(keepAlive ? [] : ['--disable-keepalive']),
    url,
  ],
  parse: parseOha,
};

/** Reads what oha prints as JSON. @throws Error when it is something else. */
function parseOha(text: string): ClosedLoopReport {
  const { summary, latencyPercentiles, statusCodeDistribution, errorDistribution } = read(text);
  const codes = Object.entries(statusCodeDistribution);
  const sum = (of: readonly (readonly [string, number])[]) => of.reduce((total, [, n]) => total + n, 0);
  const ms = (value: number | null) => (value ?? 0) * 1000;
  return {
    responses: sum(codes),
    wrong: sum(codes.filter(([code]) => code !== '200')),
    errored: sum(Object.entries(errorDistribution).filter(([what]) => what !== cutOff)),
    seconds: summary.total,
    latency: {
      mean: ms(summary.average),
      min: ms(summary.fastest),
      p50: ms(latencyPercentiles.p50),
      p90: ms(latencyPercentiles.p90),
      p99: ms(latencyPercentiles.p99),
      max: ms(summary.slowest),
    },
  };
}

function read(text: string): z.infer<typeof Output> {
  try {
    return Output.parse(JSON.parse(text));
  } catch (cause) {
    throw new Error(
      `can't read what oha printed: got "${text.slice(0, 200)}", accepted is what oha prints with --output-format json`,
      { cause },
    );
  }
}
