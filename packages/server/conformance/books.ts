import assert from 'node:assert/strict';
import type { RawReply } from '@acceptbench/client/reply';
import { RawConnection } from './client.ts';
import type { Server } from './process.ts';
import { until } from './waiting.ts';

/** One line of Prometheus text that holds a value. */
export interface SampleLine {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

/** What a server's metrics say, summed over its threads; absent where the runtime does not tell. */
export interface Books {
  readonly accepted: number | undefined;
  readonly closed: number | undefined;
  readonly started: number;
  readonly finished: number;
  readonly aborted: number;
  readonly active: number;
  readonly worked: number;
  readonly queueLength: number | undefined;
  readonly shed: number | undefined;
  readonly abandoned: number | undefined;
  readonly workerRestarts: number | undefined;
}

/** Asks a metrics port, on a connection of its own. */
export async function scrape(server: Server, target = '/metrics', accept = 'text/plain'): Promise<RawReply> {
  const connection = await RawConnection.open(server.metricsUrl);
  try {
    connection.send(`GET ${target} HTTP/1.1\r\nHost: test\r\nAccept: ${accept}\r\nConnection: close\r\n\r\n`);
    return await connection.reply();
  } finally {
    connection.close();
  }
}

export async function readBooks(server: Server): Promise<Books> {
  return toBooks(parseStrictly((await scrape(server)).body));
}

/** Scrapes until the books are as wanted; says what they were when they never are. */
export function untilBooks(server: Server, what: string, wanted: (books: Books) => boolean): Promise<Books> {
  let books: Books | undefined;
  return until(
    what,
    async () => {
      books = await readBooks(server);
      return wanted(books) ? books : undefined;
    },
    () => `in ${JSON.stringify(books)}`,
  );
}

/** At rest, the books must close: nothing active, nothing queued, every start with its end, every accept with its close. */
export function closed(books: Books): boolean {
  return (
    books.active === 0 &&
    books.started === books.finished + books.aborted &&
    books.accepted === books.closed &&
    (books.queueLength ?? 0) === 0
  );
}

/**
 * Reads Prometheus text (or OpenMetrics), every line of it.
 *
 * @throws {AssertionError} at a line that is neither a sample nor a comment the format knows, or a name without its type.
 */
export function parseStrictly(text: string): SampleLine[] {
  const types = new Map<string, string>();
  const samples: SampleLine[] = [];
  const seen = new Set<string>();
  assert.ok(text.endsWith('\n'), 'the last line ends');
  for (const line of text.split('\n')) {
    if (line === '' || line === '# EOF' || line.startsWith('# HELP ')) continue;
    const type = /^# TYPE ([a-zA-Z_:][a-zA-Z0-9_:]*) (counter|gauge|histogram|summary|untyped)$/.exec(line);
    if (type !== null) {
      const name = type[1] ?? '';
      assert.ok(!types.has(name), `${name} has one type line`);
      types.set(name, type[2] ?? '');
      continue;
    }
    const sample =
      /^([a-zA-Z_:][a-zA-Z0-9_:]*)(\{(?:[a-zA-Z_][a-zA-Z0-9_]*="(?:[^"\\\n]|\\[\\n"])*",?)*\})? (\S+)$/.exec(
        line,
      );
    assert.ok(sample !== null, `a line that is no sample: ${JSON.stringify(line)}`);
    const [, name = '', labelText = '', number = ''] = sample;
    const value = number === '+Inf' ? Number.POSITIVE_INFINITY : Number(number);
    assert.ok(!Number.isNaN(value), `a value that is no number: ${line}`);
    assert.ok(typeOf(types, name) !== undefined, `${name} has a type`);
    assert.ok(!seen.has(name + labelText), `one sample for ${name}${labelText}`);
    seen.add(name + labelText);
    const labels = Object.fromEntries(
      [...labelText.matchAll(/([a-zA-Z_][a-zA-Z0-9_]*)="((?:[^"\\]|\\.)*)"/g)].map(
        ([, key = '', text = '']) => [key, text],
      ),
    );
    samples.push({ name, labels, value });
  }
  assert.ok(samples.length > 0, 'there are samples');
  return samples;
}

function typeOf(types: ReadonlyMap<string, string>, name: string): string | undefined {
  return types.get(name) ?? types.get(name.replace(/_(?:bucket|sum|count|total)$/, ''));
}

export function toBooks(samples: readonly SampleLine[]): Books {
  const sum = (name: string) => {
    const found = samples.filter((sample) => sample.name === name);
    return found.length === 0 ? undefined : found.reduce((total, { value }) => total + value, 0);
  };
  return {
    accepted: sum('acceptbench_connections_accepted_total'),
    closed: sum('acceptbench_connections_closed_total'),
    started: sum('acceptbench_requests_started_total') ?? Number.NaN,
    finished: sum('http_server_request_duration_seconds_count') ?? 0,
    aborted: sum('acceptbench_requests_aborted_total') ?? Number.NaN,
    active: sum('http_server_active_requests') ?? Number.NaN,
    worked: sum('acceptbench_work_duration_seconds_count') ?? Number.NaN,
    queueLength: sum('acceptbench_offload_queue_length'),
    shed: sum('acceptbench_offload_jobs_shed_total'),
    abandoned: sum('acceptbench_offload_jobs_abandoned_total'),
    workerRestarts: sum('acceptbench_worker_restarts_total'),
  };
}
