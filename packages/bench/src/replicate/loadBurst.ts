import type { BurstLoad } from '@acceptbench/results/cell';
import type { LoadResult } from '@acceptbench/results/load';
import { gapSeconds } from '../experiments/duration.ts';
import { startClient } from './client.ts';
import { ReplicateError } from './error.ts';
import type { LoadOptions, RunningLoad } from './load.ts';
import { endOfLoad, timeoutSeconds } from './loadProcess.ts';

/** Our own client: many connections at one instant. */
export async function startBurst(options: LoadOptions, load: BurstLoad): Promise<RunningLoad> {
  const { cell, baseUrl, expectedBody, prefix } = options;
  const { connections, warmupSeconds, warmupRatePerSecond, durationSeconds } = load;
  let seen: LoadResult | undefined;
  const child = await startClient(
    {
      kind: 'burst',
      baseUrl,
      route: '/data',
      connections,
      warmupSeconds,
      warmupRatePerSecond,
      gapSeconds,
      durationSeconds,
      timeoutSeconds,
      expectedBody,
      sheds: cell.queueLimit !== undefined,
    },
    prefix,
    (said) => {
      if (said.event === 'burst') seen = said.load;
    },
  );
  const result = async () => {
    await endOfLoad('the burst’s client', child, warmupSeconds + gapSeconds + durationSeconds);
    if (seen === undefined) throw new ReplicateError('the burst’s client ended without a word');
    return seen;
  };
  return { pid: child.pid, result: result(), kill: () => child.kill('SIGKILL') };
}
