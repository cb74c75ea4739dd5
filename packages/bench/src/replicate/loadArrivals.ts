import { readFile } from 'node:fs/promises';
import { k6ExitMeaning } from '@acceptbench/k6/exit';
import { remoteWrite } from '@acceptbench/k6/remoteWrite';
import { k6Arguments } from '@acceptbench/k6/run';
import { toLoadResult } from '@acceptbench/k6/summary';
import type { ArrivalLoad } from '@acceptbench/results/cell';
import { gapSeconds } from '../experiments/duration.ts';
import { startChild } from './children.ts';
import type { LoadOptions, RunningLoad } from './load.ts';
import { endOfLoad, timeoutSeconds } from './loadProcess.ts';
import { virtualUsers } from './virtualUsers.ts';

/** k6, at a constant rate. */
export async function startArrivals(options: LoadOptions, load: ArrivalLoad): Promise<RunningLoad> {
  const { k6Path, cell, baseUrl, expectedBody, summaryPath, prefix, live } = options;
  const { args, env } = k6Arguments({
    baseUrl,
    load,
    policy: cell.policy,
    summaryPath,
    expectedBody,
    sheds: cell.queueLimit !== undefined,
    gapSeconds,
    maxVus: virtualUsers(load, cell),
    timeoutSeconds,
    environment: process.env,
    ...(live === undefined ? {} : remoteWrite({ url: live.writeUrl, tags: live.labels })),
  });
  const child = await startChild([...prefix, k6Path, ...args], { env });
  const seconds = load.warmupSeconds + gapSeconds + load.durationSeconds;
  const result = async () => {
    await endOfLoad('k6', child, seconds, k6ExitMeaning);
    return toLoadResult(JSON.parse(await readFile(summaryPath, 'utf8')));
  };
  return { pid: child.pid, result: result(), kill: () => child.kill('SIGKILL') };
}
