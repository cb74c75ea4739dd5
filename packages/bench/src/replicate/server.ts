import { formatWork } from '@acceptbench/handler/work';
import type { Cell } from '@acceptbench/results/cell';
import { type Manifest, startCommand } from '@acceptbench/server/manifest';
import * as z from 'zod';
import { whatVersionLacks } from '../versions/lacks.ts';
import { type Child, startChild } from './children.ts';
import { deadline } from './deadline.ts';
import { NotOfferedError, ReplicateError } from './error.ts';

/** The line that a server prints when it listens; what else is in it is for people. */
const ListeningLine = z.looseObject({
  event: z.literal('listening'),
  url: z.url(),
  metricsUrl: z.url().optional(),
  runtime: z.string(),
  version: z.string(),
  api: z.string(),
  topology: z.string(),
  workers: z.number(),
  work: z.string(),
  /** Of all its listeners together. */
  effectiveBacklog: z.int().nullable().optional(),
});
export type ListeningLine = z.infer<typeof ListeningLine>;

/** The line it prints when it has drained; what it counted, where it counts. */
const DrainedLine = z.looseObject({
  event: z.literal('drained'),
  complete: z.boolean(),
  accepted: z.int().optional(),
  closed: z.int().optional(),
});
export type DrainedLine = z.infer<typeof DrainedLine>;

export interface RunningServer {
  readonly child: Child;
  readonly facts: ListeningLine;
  readonly port: number;
  /** Sends SIGTERM and waits for the drained line and the end. @throws ReplicateError when it ends in another way. */
  stop(): Promise<DrainedLine>;
}

/** A server's exit when it does not support what its options ask for; its one line on stderr says why. */
const refusedCode = 2;
/** The server's own grace time ends first, so that it can say what was left. */
const graceMs = 10_000;
const stopMs = 15_000;

export interface StartOptions {
  readonly manifest: Manifest;
  readonly folder: string;
  readonly cell: Cell;
  readonly host: string;
  readonly port: number;
  /** How long it may take to listen. */
  readonly startSeconds: number;
  /** PATH, with the runtimes on it. */
  readonly path: string;
  /** Put before the command, to tie the server's life to ours. */
  readonly prefix: readonly string[];
}

/**
 * Starts a cell's server in a fresh process and waits until it says that it listens.
 *
 * @throws NotOfferedError when it refuses the cell. @throws ReplicateError when it does not start, says nothing in time, ends, or is not what the cell asks for.
 */
export async function startServer(options: StartOptions): Promise<RunningServer> {
  const { manifest, folder, cell, host, startSeconds, prefix } = options;
  const listening = Promise.withResolvers<ListeningLine>();
  const drained = Promise.withResolvers<DrainedLine>();
  let lastError = '';
  const child = await startChild(
    [...prefix, ...startCommand(manifest, host, cell.topology)],
    { cwd: folder, env: environmentOf(options) },
    (stream, line) => {
      if (stream === 'stderr') lastError = line;
      const value = stream === 'stdout' ? parseJson(line) : undefined;
      const ready = ListeningLine.safeParse(value);
      if (ready.success) listening.resolve(ready.data);
      const end = DrainedLine.safeParse(value);
      if (end.success) drained.resolve(end.data);
    },
  );
  const ended = child.ended.then(({ code, signal }) => {
    if (code === refusedCode && lastError !== '') throw new NotOfferedError(oneLine(lastError));
    const lacks = whatVersionLacks(child.tail());
    if (lacks !== null) throw new NotOfferedError(lacks);
    throw new ReplicateError(
      `the server ended before it listened (${signal ?? `exit ${code}`})`,
      child.tail(),
    );
  });
  const ready = async () => {
    try {
      const said = await deadline(
        Promise.race([listening.promise, ended]),
        startSeconds * 1000,
        () =>
          new ReplicateError(`the server did not say that it listens within ${startSeconds} s`, child.tail()),
      );
      refuseAnother(cell, said);
      return said;
    } catch (error) {
      child.kill('SIGKILL');
      throw error;
    }
  };
  const facts = await ready();
  return {
    child,
    facts,
    port: Number(new URL(facts.url).port),
    async stop() {
      child.kill('SIGTERM');
      const { code, signal } = await deadline(
        child.ended,
        stopMs,
        () => new ReplicateError(`the server did not end within ${stopMs / 1000} s of SIGTERM`),
      );
      if (code !== 0) throw new ReplicateError(`the server did not drain (${signal ?? `exit ${code}`})`);
      return deadline(
        drained.promise,
        0,
        () => new ReplicateError('the server ended without its drained line'),
      );
    },
  };
}

/** What the server gets: its options, and no more of our environment than a program needs to run. */
function environmentOf({ cell, host, port, path }: StartOptions): Record<string, string> {
  const inherited = ['HOME', 'TMPDIR', 'TMP', 'TEMP', 'SystemRoot', 'LANG', 'LD_LIBRARY_PATH'].flatMap(
    (name) => {
      const value = process.env[name];
      return value === undefined ? [] : [[name, value] as const];
    },
  );
  return {
    ...Object.fromEntries(inherited),
    PATH: path,
    NO_COLOR: '1',
    HOST: host,
    PORT: String(port),
    METRICS_PORT: '0',
    API: cell.api,
    TOPOLOGY: cell.topology,
    WORKERS: String(cell.workers),
    ...(cell.topology === 'reuseport-offload' ? { LISTENERS: String(cell.listeners) } : {}),
    WORK: formatWork(cell.work),
    SHUTDOWN_GRACE_MS: String(graceMs),
    ...(cell.queueLimit === undefined ? {} : { QUEUE_LIMIT: String(cell.queueLimit) }),
    ...(cell.backlog === undefined ? {} : { BACKLOG: String(cell.backlog) }),
  };
}

/** A server that is silently something else would be measured under the wrong name. */
function refuseAnother(cell: Cell, facts: ListeningLine): void {
  const asked = {
    api: cell.api,
    topology: cell.topology,
    workers: cell.workers,
    work: formatWork(cell.work),
  };
  // A server need not say how many accept loops it has: the kernel shows its listeners.
  const saysListeners = facts.listeners === undefined ? {} : { listeners: cell.listeners };
  for (const [name, value] of Object.entries({ ...asked, ...saysListeners })) {
    const got = facts[name];
    if (got !== value) throw new ReplicateError(`asked for ${name} ${value}, the server runs ${String(got)}`);
  }
}

/** Something of the server's own words: without control characters, and of a sane length. */
function oneLine(text: string): string {
  return text
    .replace(/\p{Cc}+/gu, ' ')
    .slice(0, 400)
    .trim();
}

function parseJson(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined; // A line for people.
  }
}
