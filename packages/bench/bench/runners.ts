/**
 * Do three runners of k6, with the arguments that k6-operator gives them, measure what one does? The same load on the same server by one
 * and by three, in turns, and the one twice, which shows how far apart equal things come out.
 *
 *   npm run bench:runners -w @acceptbench/bench -- [--blocks 8] [--rate 200] [--seconds 5]
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { cpus, loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { dataReply } from '@acceptbench/handler/routes';
import { createWork } from '@acceptbench/handler/work';
import { mergeLoads, quantileOf } from '@acceptbench/report/mergeLoads';
import { median } from '@acceptbench/report/statistics/location';
import { aCell } from '@acceptbench/report/testing';
import type { TracedLoad } from '@acceptbench/results/load';
import { requireK6 } from '../src/k6.ts';
import { offerTogether } from '../test/together.ts';
import { startBenchServer } from './benchServer.ts';

const { values } = parseArgs({
  options: {
    blocks: { type: 'string', default: '8' },
    rate: { type: 'string', default: '200' },
    seconds: { type: 'string', default: '5' },
  },
});
const [blocks, ratePerSecond, durationSeconds] = [values.blocks, values.rate, values.seconds].map(Number);
if (
  !(blocks && blocks >= 2 && ratePerSecond && ratePerSecond > 0 && durationSeconds && durationSeconds >= 1)
) {
  process.stderr.write('--blocks from 2, --rate above 0 and --seconds from 1 are accepted\n');
  process.exit(2);
}

const load = {
  kind: 'constant-arrival-rate',
  ratePerSecond,
  durationSeconds,
  warmupSeconds: 1,
  warmupRatePerSecond: ratePerSecond / 2,
} as const;
const cell = aCell({ runtime: 'node', work: { kind: 'wasm', iterations: 1_000_000 }, load });
const arms = [
  { name: 'one', runners: 1 },
  { name: 'one again', runners: 1 },
  { name: 'three', runners: 3 },
] as const;
type Arm = (typeof arms)[number]['name'];

interface Figures {
  readonly 'completed per second': number;
  readonly 'mean, ms': number;
  readonly 'p50, ms': number;
  readonly 'p99, ms': number;
}

/** Percentiles off the histogram, for one runner too: k6's own of one and a merged one of three differ by how they are read. */
function figuresOf(loads: readonly TracedLoad[]): Figures {
  const merged = mergeLoads(loads);
  if (merged.histogram === null) throw new Error('k6 told of no histogram');
  if (merged.started + merged.dropped !== Math.round(load.ratePerSecond * load.durationSeconds)) {
    throw new Error(`${merged.started} started and ${merged.dropped} dropped: not each arrival once`);
  }
  return {
    'completed per second': merged.completedInWindow / load.durationSeconds,
    'mean, ms': merged.responseTime.mean,
    'p50, ms': quantileOf(merged.histogram, 0.5),
    'p99, ms': quantileOf(merged.histogram, 0.99),
  };
}

const folder = await mkdtemp(join(tmpdir(), 'acceptbench-runners-'));
const abort = new AbortController();
const server = await startBenchServer(cell);
try {
  const k6Path = (await requireK6()).path;
  const offer = (runners: number) =>
    offerTogether({
      k6Path,
      runners,
      folder,
      signal: abort.signal,
      baseUrl: server.facts.url,
      load,
      policy: 'close',
      expectedBody: dataReply(createWork(cell.work)()).body,
      maxVus: 300,
    });
  const found: Record<Arm, Figures>[] = [];
  for (let block = 0; block < blocks; block += 1) {
    const turn = block % arms.length;
    const rotated = [...arms.slice(turn), ...arms.slice(0, turn)];
    // Each arm as often before each other one as behind it.
    const order = block % 2 === 0 ? rotated : rotated.toReversed();
    const figures = new Map<Arm, Figures>();
    for (const { name, runners } of order) figures.set(name, figuresOf(await offer(runners)));
    found.push(Object.fromEntries(figures) as Record<Arm, Figures>);
    process.stdout.write('.');
  }
  print(found);
} finally {
  abort.abort();
  await server.stop();
  await rm(folder, { recursive: true });
}

function print(found: readonly Record<Arm, Figures>[]): void {
  const number = (value: number) => value.toFixed(3);
  const range = (of: readonly number[]) =>
    `${number(median(of))} (${number(Math.min(...of))}–${number(Math.max(...of))})`;
  const out = [
    `\n${ratePerSecond}/s for ${durationSeconds} s, close, 1 ms of work, node inline; ${blocks} blocks on ${cpus().length} cores, load average ${loadavg()[0]?.toFixed(1)}`,
    'Median (range) over the blocks; ratios are taken within a block.',
    '| | one | one again | three, merged | A/A: again / one | three / one | within the A/A noise |',
    '| --- | ---: | ---: | ---: | ---: | ---: | --- |',
  ];
  for (const figure of ['completed per second', 'mean, ms', 'p50, ms', 'p99, ms'] as const) {
    const of = (arm: Arm) => found.map((block) => block[arm][figure]);
    const ratio = (arm: Arm) => found.map((block) => block[arm][figure] / block.one[figure]);
    const noise = Math.max(...ratio('one again').map((each) => Math.abs(each - 1)));
    const within = Math.abs(median(ratio('three')) - 1) <= noise ? 'yes' : 'no';
    const columns = [of('one'), of('one again'), of('three'), ratio('one again'), ratio('three')].map(range);
    out.push(`| ${figure} | ${columns.join(' | ')} | ${within} |`);
  }
  process.stdout.write(`${out.join('\n')}\n`);
}
