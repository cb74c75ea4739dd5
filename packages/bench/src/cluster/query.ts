import type { TimedValue } from '@acceptbench/report/collected';
import * as z from 'zod';
import { FileError } from '../exitCodes.ts';
import { withoutCredentials } from '../flags.ts';
import { askPrometheus, whyNoAnswer } from '../prometheusHttp.ts';

/** A native histogram as Prometheus' HTTP API gives it: counts between two bounds each, exact count and sum beside. */
export interface NativeHistogram {
  readonly count: number;
  readonly sum: number;
  /** Ascending, in the metric's own unit. */
  readonly buckets: readonly { readonly lower: number; readonly upper: number; readonly count: number }[];
}

/** A series with its name and labels, and what it is at one moment. */
export interface InstantSeries {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

/** A series of native histograms, and the last that is stored of it; null where numbers are stored instead. */
export interface HistogramSeries {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly last: NativeHistogram | null;
}

/** A series with every point that is stored of it, as it was read. */
export interface StoredSeries {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly points: readonly TimedValue[];
}

/** A Prometheus that is asked for what it has stored. */
export interface Querying {
  /** @throws FileError in one line */
  instant(expression: string, atMs: number): Promise<InstantSeries[]>;
  /** Of a selector with a range. `last_over_time` would do, but for Prometheus 2.42, which makes zeros of histograms. @throws FileError */
  lastHistograms(selector: string, atMs: number): Promise<HistogramSeries[]>;
  /** Of a selector with a range, `up{job="x"}[60s]`. @throws FileError in one line */
  stored(selector: string, atMs: number): Promise<StoredSeries[]>;
}

const timeoutMs = 30_000;

const Numeric = z.string().transform(Number);
const Histogram = z.looseObject({
  count: Numeric,
  sum: Numeric,
  buckets: z.array(z.tuple([z.number(), Numeric, Numeric, Numeric])).optional(),
});
const Answer = z.looseObject({
  status: z.literal('success'),
  data: z.looseObject({
    result: z.array(
      z.looseObject({
        metric: z.record(z.string(), z.string()),
        value: z.tuple([z.number(), Numeric]).optional(),
        histograms: z.array(z.tuple([z.number(), Histogram])).optional(),
        values: z.array(z.tuple([z.number(), Numeric])).optional(),
      }),
    ),
  }),
  /** Remarks on the expression; or, of what puts several stores together, that one of them did not answer. */
  warnings: z.array(z.string()).optional(),
});
type Result = z.infer<typeof Answer>['data']['result'];

/** @param url without a slash at its end; with user and password where it asks for them */
export function queryPrometheus(url: string): Querying {
  const ask = async (query: string, atMs: number): Promise<Result> => {
    const parameters = new URLSearchParams({ query, time: String(atMs / 1000) });
    return readAnswer(withoutCredentials(url), () =>
      askPrometheus(`${url}/api/v1/query?${parameters}`, { timeoutMs }),
    );
  };
  return {
    async instant(expression, atMs) {
      return (await ask(expression, atMs)).flatMap(({ metric, value }) =>
        value === undefined ? [] : [{ ...named(metric), value: value[1] }],
      );
    },
    async lastHistograms(selector, atMs) {
      return (await ask(selector, atMs)).map(({ metric, histograms }) => {
        const last = histograms?.at(-1);
        return { ...named(metric), last: last === undefined ? null : toHistogram(last[1]) };
      });
    },
    async stored(selector, atMs) {
      return (await ask(selector, atMs)).map(({ metric, values = [] }) => ({
        ...named(metric),
        points: values.map(([seconds, value]) => ({ atMs: seconds * 1000, value })),
      }));
    },
  };
}

async function readAnswer(url: string, ask: () => Promise<Response>): Promise<Result> {
  let response: Response;
  let text: string;
  try {
    response = await ask();
    text = await response.text();
  } catch (cause) {
    throw new FileError(`can't ask Prometheus at ${url}: ${whyNoAnswer(cause, timeoutMs)}`, { cause });
  }
  const { status } = response;
  if (status === 401 || status === 403) {
    throw new FileError(
      `can't ask Prometheus at ${url}: it does not let us read (${status}); give --prometheus http://user:password@…, of a user who may query`,
    );
  }
  const body = parseJson(text);
  const answer = Answer.safeParse(body);
  if (!answer.success) {
    const said = z.looseObject({ error: z.string() }).safeParse(body);
    const why = said.success
      ? oneLine(said.data.error)
      : `status ${status}, and not what its HTTP API answers`;
    throw new FileError(`can't ask Prometheus at ${url}: ${why}`);
  }
  // What Prometheus remarks on an expression begins so; anything else says that a part is missing.
  const partial = answer.data.warnings?.find((warning) => !warning.startsWith('PromQL'));
  if (partial !== undefined) {
    throw new FileError(
      `Prometheus at ${url} has answered in part only: ${oneLine(partial)}; try again when it is whole`,
    );
  }
  return answer.data.data.result;
}

function named({ __name__: name = '', ...labels }: Record<string, string>) {
  return { name, labels };
}

function toHistogram({ count, sum, buckets = [] }: z.infer<typeof Histogram>): NativeHistogram {
  return {
    count,
    sum,
    buckets: buckets.map(([, lower, upper, within]) => ({ lower, upper, count: within })),
  };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined; // A page of something else.
  }
}

function oneLine(text: string): string {
  return text
    .replace(/\p{Cc}+/gu, ' ')
    .slice(0, 300)
    .trim();
}

/** A selector's part for labels that have these values. */
export function matching(labels: Readonly<Record<string, string>>): string {
  return Object.entries(labels)
    .map(([name, value]) => `${name}=${JSON.stringify(value)}`)
    .join(',');
}
