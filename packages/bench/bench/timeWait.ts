/**
 * Who keeps a connection in TIME-WAIT, and so whose ports run out: the load script against each runtime's server, each in a network
 * namespace of its own, joined by a veth pair as two hosts are. With `--ports` the generator's host has so few of them.
 *
 *   npm run bench:time-wait -w @acceptbench/bench -- [--rate 300] [--seconds 3] [--ports 28232]
 */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { k6Arguments } from '@acceptbench/k6/run';
import { toLoadResult } from '@acceptbench/k6/summary';
import { checkIsolation, enterNamespace, isolatedCommand } from '@acceptbench/probe/isolation';
import { joinSecondHost } from '@acceptbench/probe/secondHost';
import { aCell } from '@acceptbench/report/testing';
import type { ArrivalLoad } from '@acceptbench/results/cell';
import { requireK6 } from '../src/k6.ts';
import { noWork, startBenchServer } from './benchServer.ts';

const number = { type: 'string' } as const;
const { values } = parseArgs({
  options: {
    rate: { ...number, default: '300' },
    seconds: { ...number, default: '3' },
    ports: { ...number, default: '28232' },
    /** What the namespaces of one runtime are made by. */
    inside: { type: 'string' },
  },
});
const [ratePerSecond, durationSeconds, ports] = [
  Number(values.rate),
  Number(values.seconds),
  Number(values.ports),
];
const firstPort = 32_768;
if (!(ratePerSecond > 0 && durationSeconds > 0 && ports >= 1 && firstPort + ports <= 65_536)) {
  throw new RangeError('accepted are a rate and seconds above 0, and 1 to 32768 ports');
}

if (values.inside === undefined) await everyRuntime();
else await inside(values.inside);

async function everyRuntime() {
  const isolation = await checkIsolation();
  if (isolation.mode === 'none') throw new Error(isolation.reason);
  process.stdout.write(
    `${ratePerSecond}/s for ${durationSeconds} s, ${ports} ports, load average ${loadavg()[0]?.toFixed(1)}\n` +
      '| server | connections | errors | TIME-WAIT on its host | on the generator’s |\n| --- | ---: | ---: | ---: | ---: |\n',
  );
  for (const runtime of ['node', 'bun', 'deno']) {
    const entry = fileURLToPath(import.meta.url);
    const { program, args } = isolatedCommand(process.execPath, [
      entry,
      ...process.argv.slice(2),
      `--inside=${runtime}`,
    ]);
    process.stdout.write(execFileSync(program, args, { encoding: 'utf8', timeout: 300_000 }));
  }
}

/** To be the first process of fresh namespaces, which end with it. */
async function inside(runtime: string) {
  await enterNamespace();
  const generator = await joinSecondHost({ delayMs: 0, lossPercent: 0 });
  const there = (...command: string[]) => {
    const [program = '', ...args] = [...generator.prefix, ...command];
    return execFileSync(program, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] });
  };
  const range = `${firstPort} ${firstPort + ports - 1}`;
  there('sh', '-c', 'echo "$1" > /proc/sys/net/ipv4/ip_local_port_range', 'sh', range);
  const load: ArrivalLoad = {
    kind: 'constant-arrival-rate',
    ratePerSecond,
    durationSeconds,
    warmupSeconds: 0,
    warmupRatePerSecond: 0,
  };
  const folder = mkdtempSync(join(tmpdir(), 'acceptbench-time-wait-'));
  try {
    const server = await startBenchServer(aCell({ runtime, work: noWork, load }), generator.address);
    const summaryPath = join(folder, 'summary.json');
    const { args } = k6Arguments({
      baseUrl: server.facts.url,
      load,
      policy: 'close',
      summaryPath,
      maxVus: 200,
      environment: process.env,
    });
    there((await requireK6()).path, ...args);
    const { started, errored, wrong } = toLoadResult(JSON.parse(readFileSync(summaryPath, 'utf8')));
    const kept = [readFileSync('/proc/net/sockstat', 'utf8'), there('cat', '/proc/net/sockstat')].map(
      (text) => /^TCP:.* tw (\d+)/m.exec(text)?.[1] ?? 'not known',
    );
    process.stdout.write(`| ${[runtime, started, errored + wrong, ...kept].join(' | ')} |\n`);
  } finally {
    rmSync(folder, { recursive: true });
  }
  process.exit(0);
}
