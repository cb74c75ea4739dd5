/**
 * What a request costs k6 in CPU time, and so how many one core of a generator sends: the load script against a server without work, at
 * rates that it keeps up with, on a new connection each and on kept ones. What k6 takes to start is measured apart and left out.
 *
 *   npm run bench:k6 -w @acceptbench/bench -- [--seconds 5] [--blocks 3]
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { cpus, loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { k6Arguments } from '@acceptbench/k6/run';
import { toLoadResult } from '@acceptbench/k6/summary';
import { median } from '@acceptbench/report/statistics/location';
import { aCell } from '@acceptbench/report/testing';
import type { ArrivalLoad, Policy } from '@acceptbench/results/cell';
import { requireK6 } from '../src/k6.ts';
import { noWork, startBenchServer } from './benchServer.ts';

const { values } = parseArgs({
  options: { seconds: { type: 'string', default: '5' }, blocks: { type: 'string', default: '3' } },
});
const [durationSeconds, blocks] = [Number(values.seconds), Number(values.blocks)];
const rates: readonly (readonly [Policy, number])[] = [
  ['close', 1000],
  ['close', 3000],
  ['keep-alive', 1000],
  ['keep-alive', 4000],
];

const folder = mkdtempSync(join(tmpdir(), 'acceptbench-k6-'));
const aLoad = (ratePerSecond: number): ArrivalLoad => ({
  kind: 'constant-arrival-rate',
  ratePerSecond,
  durationSeconds,
  warmupSeconds: 0,
  warmupRatePerSecond: 0,
});
const server = await startBenchServer(aCell({ runtime: 'bun', work: noWork, load: aLoad(1) }));
try {
  const k6Path = (await requireK6()).path;
  const found = new Map<string, { cost: number[]; lag: number[] }>();
  for (let block = 0; block < blocks; block += 1) {
    for (const [policy, rate] of rates) {
      // As many virtual users and as long, with hardly a request.
      const idle = await run(k6Path, policy, 1);
      const busy = await run(k6Path, policy, rate);
      const name = `${policy} ${rate}/s`;
      const known = found.get(name) ?? { cost: [], lag: [] };
      found.set(name, known);
      known.cost.push(((busy.cpuSeconds - idle.cpuSeconds) / busy.requests) * 1e6);
      known.lag.push(busy.lagP99Ms);
    }
    process.stdout.write('.');
  }
  const range = (of: readonly number[], digits: number) =>
    `${median(of).toFixed(digits)} (${Math.min(...of).toFixed(digits)}–${Math.max(...of).toFixed(digits)})`;
  process.stdout.write(
    `\n${blocks} blocks of ${durationSeconds} s on ${cpus().length} cores (${cpus()[0]?.model}), load average ${loadavg()[0]?.toFixed(1)}\n`,
  );
  process.stdout.write(
    '| load | CPU of k6 a request, µs | so a core sends, a second | p99 of its lag, ms |\n| --- | ---: | ---: | ---: |\n',
  );
  for (const [name, { cost, lag }] of found) {
    process.stdout.write(
      `| ${name} | ${range(cost, 0)} | ${(1e6 / median(cost)).toFixed(0)} | ${range(lag, 1)} |\n`,
    );
  }
} finally {
  await server.stop();
  rmSync(folder, { recursive: true });
}

/** One run of k6, and the CPU time of its process. */
async function run(k6Path: string, policy: Policy, rate: number) {
  const summaryPath = join(folder, 'summary.json');
  const { args, env } = k6Arguments({
    baseUrl: server.facts.url,
    load: aLoad(rate),
    policy,
    summaryPath,
    maxVus: 200,
    environment: process.env,
  });
  const child = spawn('/usr/bin/time', ['-f', '%U %S', k6Path, ...args], {
    env,
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let said = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    said += text;
  });
  const [code] = await once(child, 'close');
  const [user, system] = said.trim().split('\n').at(-1)?.split(' ').map(Number) ?? [];
  if (code !== 0 || user === undefined || system === undefined)
    throw new Error(`k6 ended with ${code}: ${said}`);
  const load = toLoadResult(JSON.parse(readFileSync(summaryPath, 'utf8')));
  // A burst of late arrivals may find no virtual user; more than a few would be another load.
  if (load.completed < 0.98 * rate * durationSeconds) {
    throw new Error(`${load.completed} completed of ${rate * durationSeconds}: it did not keep up`);
  }
  return { cpuSeconds: user + system, requests: load.completed, lagP99Ms: load.schedulingLag?.p99 ?? 0 };
}
