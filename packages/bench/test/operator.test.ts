/**
 * k6-operator's own commands, put together as its source does (v1.6.0: pkg/types/k6cli.go, pkg/resources/jobs/{initializer,runner}.go), on
 * the real k6, with the archive and the arguments that `cluster render` writes.
 */
import assert from 'node:assert/strict';
import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { promisify } from 'node:util';
import { freePort, startPrometheus } from '@acceptbench/dashboards/prometheus';
import { hasTool } from '@acceptbench/dashboards/tool';
import { dataReply } from '@acceptbench/handler/routes';
import { createWork } from '@acceptbench/handler/work';
import { operatorArguments } from '@acceptbench/k6/segments';
import { parse } from 'yaml';
import { ClusterPlan } from '../src/cluster/plan.ts';
import { requireK6 } from '../src/k6.ts';
import { writeUrl } from '../src/live/prometheus.ts';
import { clusterFolder } from '../src/paths.ts';
import { answering, withJson } from './answering.ts';
import { cli } from './cli.ts';
import { resume, untilPaused } from './together.ts';

const runners = 3;
const yaml = (path: string) => parse(readFileSync(path, 'utf8'));

/** What its initializer hands on to `k6 archive`: without an output, and what only `k6 run` knows of. */
function archiveArguments(args: readonly string[]): string[] {
  return args.filter(
    (arg, index) => arg !== '--out' && args[index - 1] !== '--out' && arg !== '--no-usage-report',
  );
}

test('the operator’s initializer and its runners take what is rendered, and Prometheus has each arrival once', async (context) => {
  const folder = mkdtempSync(join(tmpdir(), 'acceptbench-operator-'));
  context.after(() => rmSync(folder, { recursive: true }));
  const out = join(folder, 'out');
  const rendered = await cli(context, [
    ...['cluster', 'render', 'smoke', '--runtime', 'node', '--seed', '1'],
    ...['--parallelism', String(runners), '--out', out],
  ]);
  assert.equal(rendered.code, 0, rendered.stderr);
  const plan = ClusterPlan.parse(JSON.parse(readFileSync(join(out, 'plan.json'), 'utf8')));
  const [[cell], [planned]] = [plan.cells, plan.replicates];
  assert.ok(cell?.load.kind === 'constant-arrival-rate' && planned !== undefined);
  const { args }: { args: string[] } = yaml(join(out, planned.folder, 'load.yaml')).spec;
  const { binaryData } = yaml(join(out, 'cells', cell.id, 'script.yaml'));
  const script = join(folder, 'load.tar');
  writeFileSync(script, Buffer.from(binaryData['load.tar'], 'base64'));
  const { path: k6 } = await requireK6();

  // A failure of either, or a warning in place of JSON, would make the TestRun's stage "error".
  const inspected = join(folder, 'inspected.tar');
  await promisify(execFile)(k6, ['archive', script, '-O', inspected, ...archiveArguments(args)]);
  const { stdout } = await promisify(execFile)(k6, ['inspect', '--execution-requirements', inspected]);
  assert.ok(JSON.parse(stdout).maxVUs >= runners);

  if (!hasTool(context, 'prometheus') || !hasTool(context, 'promtool')) return;
  const prometheus = await startPrometheus(context);
  const { url, requests } = await answering(context, withJson(dataReply(createWork(cell.work)()).body));
  const { env }: { env: { name: string; value: string }[] } = yaml(join(clusterFolder, 'base/load.yaml')).spec
    .runner;
  const children: ChildProcess[] = [];
  context.after(() => {
    for (const child of children) child.kill('SIGKILL');
  });
  const started = await Promise.all(
    Array.from({ length: runners }, async (_, index) => {
      const port = await freePort();
      const own = operatorArguments(index + 1, runners, planned.testRun);
      const child = spawn(
        k6,
        [
          ...['run', '--quiet', ...own.filter((arg) => arg.startsWith('--execution-')), ...args],
          // The one thing that is not the operator's: there is no name of a Service here.
          ...['-e', `BASE_URL=${url}`],
          ...[script, `--address=127.0.0.1:${port}`, '--paused'],
          ...own.filter((arg) => !arg.startsWith('--execution-')),
        ],
        {
          // Where it would write if it wrote, nothing can be written: its root file system is read-only.
          cwd: '/proc',
          env: {
            ...Object.fromEntries(env.map(({ name, value }) => [name, value])),
            K6_PROMETHEUS_RW_SERVER_URL: writeUrl(prometheus.url),
          },
          stdio: ['ignore', 'ignore', 'pipe'],
        },
      );
      children.push(child);
      let stderr = '';
      child.stderr.setEncoding('utf8').on('data', (text: string) => {
        stderr += text;
      });
      return { port, ended: once(child, 'close').then(([code]) => ({ code, stderr })) };
    }),
  );
  await Promise.all(started.map(({ port }) => untilPaused(port)));
  await Promise.all(started.map(({ port }) => resume(port)));
  for (const { ended } of started) {
    const { code, stderr } = await ended;
    assert.equal(code, 0, stderr);
    // A push that a busy machine takes long for is no fault of what was rendered.
    const warnings = stderr
      .split('\n')
      .filter((line) => line !== '' && !/ level=info |while flush period is/.test(line));
    assert.deepEqual(warnings, []);
  }

  const { ratePerSecond, durationSeconds, warmupRatePerSecond, warmupSeconds } = cell.load;
  const arrivals = Math.round(ratePerSecond * durationSeconds);
  const names = {
    job: 'acceptbench',
    run: plan.id,
    cell: cell.id,
    block: '1',
    attempt: '1',
    runtime: 'node',
    api: 'native',
    topology: 'inline',
  };
  const selector = Object.entries(names)
    .map(([name, is]) => `${name}="${is}"`)
    .join(',');
  const at = Date.now() / 1000;
  const completed = await prometheus.query(`last_over_time(k6_completed_total{${selector}}[2m])`, at);
  assert.deepEqual(completed.map(({ labels }) => labels.instance_id).sort(), ['1', '2', '3']);
  for (const { labels } of completed) assert.equal(labels.testrun_name, planned.testRun);
  const total = completed.reduce((sum, { points }) => sum + (points[0]?.[1] ?? 0), 0);
  // Each arrival once: fewer only where k6 stood still when its scenario ended, and forgot those that were due then.
  assert.ok(total <= arrivals && total > arrivals / 2, `${total} of ${arrivals}`);
  // Warm-up arrivals come at uneven ends of three segments: one more of each, or fewer for the same cause.
  const warmup = requests() - total;
  assert.ok(warmup > 0 && warmup <= warmupRatePerSecond * warmupSeconds + runners, `${warmup}`);
  // Native histograms, of which those of three runners are one.
  const stored = `${prometheus.url}/api/v1/query?${new URLSearchParams({ query: `k6_response_time_seconds{${selector}}[2m]` })}`;
  const { data } = (await (await fetch(stored)).json()) as {
    data: { result: { histograms: [number, { count: string }][] }[] };
  };
  const counts = data.result.map(({ histograms }) => Number(histograms.at(-1)?.[1].count));
  assert.equal(counts.length, runners);
  assert.equal(
    counts.reduce((sum, count) => sum + count, 0),
    total,
  );
  assert.deepEqual(readdirSync(folder).sort(), ['inspected.tar', 'load.tar', 'out']);
});
