import { readFile } from 'node:fs/promises';
import { k6ExitMeaning } from '@acceptbench/k6/exit';
import { remoteWrite } from '@acceptbench/k6/remoteWrite';
import { k6Arguments } from '@acceptbench/k6/run';
import { toLoadResult } from '@acceptbench/k6/summary';
import type { Cell } from '@acceptbench/results/cell';
import type { LoadResult } from '@acceptbench/results/load';
import { gapSeconds } from '../experiments/duration.ts';
import { type Child, startChild } from './children.ts';
import { deadline } from './deadline.ts';
import { ReplicateError } from './error.ts';
import type { LiveSpec } from './messages.ts';
import { virtualUsers } from './virtualUsers.ts';

/** A response later than this is an error: longer than any queue a cell builds up. */
const timeoutSeconds = 30;
/** k6's own start and end, beside what it is asked to do. */
const k6SpareSeconds = 30;

export interface LoadOptions {
  readonly k6Path: string;
  readonly cell: Cell;
  readonly baseUrl: string;
  readonly expectedBody: string;
  readonly summaryPath: string;
  readonly prefix: readonly string[];
  readonly live?: LiveSpec | undefined;
}

/** Starts k6 on a cell's load. `result` resolves when all it started has come to its end. */
export async function startLoad(
  options: LoadOptions,
): Promise<{ child: Child; result: Promise<LoadResult> }> {
  const { k6Path, cell, baseUrl, expectedBody, summaryPath, prefix, live } = options;
  if (cell.load.kind !== 'constant-arrival-rate') {
    throw new ReplicateError(`no generator offers a load of kind ${cell.load.kind} yet`);
  }
  const { args, env } = k6Arguments({
    baseUrl,
    load: cell.load,
    policy: cell.policy,
    summaryPath,
    expectedBody,
    sheds: cell.queueLimit !== undefined,
    gapSeconds,
    maxVus: virtualUsers(cell.load, cell),
    timeoutSeconds,
    environment: process.env,
    ...(live === undefined ? {} : remoteWrite({ url: live.writeUrl, tags: live.labels })),
  });
  const child = await startChild([...prefix, k6Path, ...args], { env });
  return { child, result: resultOf(child, cell, summaryPath) };
}

async function resultOf(child: Child, cell: Cell, summaryPath: string): Promise<LoadResult> {
  const { warmupSeconds, durationSeconds } = cell.load;
  const limitSeconds = warmupSeconds + gapSeconds + durationSeconds + timeoutSeconds + k6SpareSeconds;
  const { code, signal } = await deadline(
    child.ended,
    limitSeconds * 1000,
    () => new ReplicateError(`k6 did not end within ${limitSeconds} s`),
  );
  if (code !== 0) {
    const last = child.tail().at(-1);
    throw new ReplicateError(
      `${k6ExitMeaning(code, signal)}${last === undefined ? '' : `; it last said: ${last}`}`,
    );
  }
  return toLoadResult(JSON.parse(await readFile(summaryPath, 'utf8')));
}
