/** Several k6 as k6-operator runs them: with its arguments, paused, and resumed at one moment. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { freePort } from '@acceptbench/dashboards/prometheus';
import { type K6RunOptions, k6Arguments } from '@acceptbench/k6/run';
import { operatorArguments } from '@acceptbench/k6/segments';
import { toLoadResult } from '@acceptbench/k6/summary';
import { mergeLoads } from '@acceptbench/report/mergeLoads';
import { isTraced, type TracedLoad } from '@acceptbench/results/load';

const waitMs = 60_000;

export interface Together extends Omit<K6RunOptions, 'summaryPath' | 'runners' | 'environment'> {
  readonly k6Path: string;
  readonly runners: number;
  /** Where each leaves its summary. */
  readonly folder: string;
  /** Ends what still runs. */
  readonly signal: AbortSignal;
}

/**
 * Offers one load with so many runners.
 *
 * @returns what each of them counted
 * @throws Error when one does not start, or does not end well
 */
export async function offerTogether(options: Together): Promise<TracedLoad[]> {
  const { k6Path, runners, folder, signal, extraArguments = [] } = options;
  const started = await Promise.all(
    Array.from({ length: runners }, async (_, index) => {
      const port = await freePort();
      const summaryPath = join(folder, `${index}.json`);
      const { args, env } = k6Arguments({
        ...options,
        summaryPath,
        runners,
        extraArguments: [
          ...extraArguments,
          ...operatorArguments(index + 1, runners, 'test'),
          '--address',
          `127.0.0.1:${port}`,
          '--paused',
        ],
        environment: process.env,
      });
      const child = spawn(k6Path, args, { env, stdio: ['ignore', 'ignore', 'pipe'] });
      signal.addEventListener('abort', () => child.kill('SIGKILL'), { once: true });
      return { port, summaryPath, ended: ending(child) };
    }),
  );
  await Promise.all(started.map(({ port }) => untilPaused(port)));
  await Promise.all(started.map(({ port }) => resume(port)));
  return Promise.all(
    started.map(async ({ summaryPath, ended }) => {
      const { code, stderr } = await ended;
      if (code !== 0) throw new Error(`k6 ended with ${code}: ${stderr}`);
      const load = toLoadResult(JSON.parse(await readFile(summaryPath, 'utf8')));
      if (!isTraced(load)) throw new Error('k6 told of no request');
      return load;
    }),
  );
}

/**
 * Offers until so many arrivals were started, four times at most. k6 forgets an arrival whose tick comes after its scenario's end: what a
 * machine that stood still then has offered shows nothing.
 */
export async function offeredWhole<T extends { readonly loads: readonly TracedLoad[] }>(
  arrivals: number,
  offer: (tried: number) => Promise<T>,
): Promise<T> {
  for (let tried = 0; ; tried += 1) {
    const offered = await offer(tried);
    if (tried === 3 || mergeLoads(offered.loads).started >= arrivals) return offered;
  }
}

async function ending(child: ChildProcess): Promise<{ code: number | null; stderr: string }> {
  let stderr = '';
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
  });
  const [code] = await once(child, 'close');
  return { code, stderr };
}

/** Resumes a paused k6 as the operator's starter does. */
export async function resume(port: number): Promise<void> {
  const body = JSON.stringify({ data: { attributes: { paused: false }, id: 'default', type: 'status' } });
  await untilOk(`k6 on port ${port} is not resumed`, () =>
    fetch(`http://127.0.0.1:${port}/v1/status`, { method: 'PATCH', body }),
  );
}

export async function untilPaused(port: number): Promise<void> {
  await untilOk(`k6's REST API does not answer on port ${port}`, () =>
    fetch(`http://127.0.0.1:${port}/v1/status`),
  );
}

async function untilOk(otherwise: string, ask: () => Promise<Response>): Promise<void> {
  const deadline = Date.now() + waitMs;
  for (;;) {
    const answer = await ask().catch(() => null);
    if (answer?.ok === true) return;
    if (Date.now() > deadline) throw new Error(otherwise);
    await delay(20);
  }
}
