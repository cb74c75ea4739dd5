/**
 * What a large report takes: 200 cells × 10 blocks × 60 s of samples at 50 Hz, written as a run's folder and rendered from it by
 * `acceptbench report` in a process of its own. Prints time, memory and size. The folder is removed.
 */
import { spawnSync } from 'node:child_process';
import { appendFileSync, linkSync, mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { aCell, aMeasurement, aRun, aValid, windowStartMs } from '@acceptbench/report/testing';
import type { Sample } from '@acceptbench/results/sample';
import { nameOf } from '../src/store.ts';

const [blocks, seconds, kernelHz, serverHz] = [10, 60, 50, 20];
const bounds = Array.from({ length: 200 }, (_, index) => 0.1 * 1.08 ** index);

const cells = ['node', 'bun'].flatMap((runtime) =>
  (['inline', 'offload'] as const).flatMap((topology) =>
    [16, 128, 511, 1024, 4096].flatMap((backlog) =>
      [0.2, 0.4, 0.6, 0.8, 0.9, 1, 1.1, 1.3, 1.6, 2].map((ofCeiling) => {
        const cell = aCell({ runtime, topology, backlog, rate: 250 * ofCeiling, ofCeiling });
        const load = { ...cell.load, durationSeconds: seconds };
        return { ...cell, id: `${runtime}-${topology}-backlog${backlog}-${ofCeiling}x`, load };
      }),
    ),
  ),
);

const folder = mkdtempSync(join(tmpdir(), 'acceptbench-render-'));
try {
  write();
  const started = performance.now();
  const cli = fileURLToPath(new URL('../src/cli.ts', import.meta.url));
  const time = ['-f', '%M %U', process.execPath, cli, 'report', folder, '--html', '--markdown', '--json'];
  const { status, stderr } = spawnSync('/usr/bin/time', time, { encoding: 'utf8' });
  const elapsed = (performance.now() - started) / 1000;
  if (status !== 0) throw new Error(`report failed: ${stderr}`);
  const size = (name: string) => (statSync(join(folder, name)).size / 1e6).toFixed(2);
  console.log(`${cells.length} cells × ${blocks} blocks × ${seconds} s at ${kernelHz} Hz`);
  // What the command itself says on stderr comes before.
  const [kib, user] = (stderr.trim().split('\n').at(-1) ?? '').split(' ').map(Number);
  console.log(
    `acceptbench report: ${elapsed.toFixed(2)} s (${user?.toFixed(2)} s of CPU), ${((kib ?? 0) / 1024).toFixed(0)} MiB at most`,
  );
  console.log(
    `report.html ${size('report.html')} MB, report.json ${size('report.json')} MB, report.md ${size('report.md')} MB`,
  );
} finally {
  rmSync(folder, { recursive: true });
}

function write(): void {
  writeFileSync(
    join(folder, 'run.json'),
    JSON.stringify(
      aRun(cells, { experiment: { ...aRun([]).experiment, design: { kind: 'blocks', blocks } } }),
    ),
  );
  mkdirSync(join(folder, 'samples'));
  // Every replicate has the same samples: one file under 2,000 names.
  const samples = join(folder, 'samples', 'all');
  writeFileSync(samples, [...someSamples()].map((sample) => `${JSON.stringify(sample)}\n`).join(''));
  for (const cell of cells) {
    const lines = Array.from({ length: blocks }, (_, index) => {
      const block = index + 1;
      const completed = Math.min(245, cell.load.ratePerSecond) + ((index * 7) % 5);
      const measured = aMeasurement(cell, { acceptQueue: 40 + index, work: 4, process: 1 }, { completed });
      const counts = bounds.map((_, at) => Math.round(100 * Math.exp(-(((at - 90 - index) / 20) ** 2))));
      const replicate = aValid(cell, block, {
        ...measured,
        responseHistogram: { upperBoundsMs: bounds, counts: [...counts, 0] },
      });
      linkSync(samples, join(folder, 'samples', `${nameOf(replicate)}.ndjson`));
      return `${JSON.stringify(replicate)}\n`;
    });
    appendFileSync(join(folder, 'replicates.ndjson'), lines.join(''));
  }
}

function* someSamples(): Generator<Sample> {
  const counters = {
    listenDrops: 0,
    synRetrans: 0,
    reqQFullDrop: 0,
    reqQFullDoCookies: 0,
    deferAcceptDrop: 0,
  };
  for (let ms = -2000; ms < (seconds + 5) * 1000; ms += 10) {
    const at = Math.max(0, ms) / 1000;
    const queue = Math.round(200 + 150 * Math.sin(at) + 100 * Math.sin(at * 17));
    if (ms % (1000 / kernelHz) === 0) {
      yield {
        kind: 'kernel',
        atMs: windowStartMs + ms,
        listeners: [{ address: '127.0.0.1:8080', inode: 1, queue }],
        counters: { passiveOpens: Math.round(325 * at), listenOverflows: 0, ...counters },
      };
    }
    if (ms % (1000 / serverHz) === 0) {
      const values = {
        http_server_request_duration_seconds_count: Math.round(246 * at),
        acceptbench_requests_started_total: 0,
      };
      yield { kind: 'server', atMs: windowStartMs + ms, values };
    }
  }
}
