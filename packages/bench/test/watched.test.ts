/**
 * Real Prometheus, real k6: a run that is watched, the same run read in from its folder, and a probe beside a server that is
 * nobody's run. Each expression of each dashboard gives what it is meant to, and the figures are the run's own.
 */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { connect } from 'node:net';
import { type TestContext, test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { allDashboards } from '@acceptbench/dashboards/all';
import { type Choice, checkDashboards } from '@acceptbench/dashboards/check';
import { emptyInProduction, emptyLive, emptyPast, unexpected } from '@acceptbench/dashboards/empty';
import { freePort, type Prometheus, type Range, startPrometheus } from '@acceptbench/dashboards/prometheus';
import { hasTool } from '@acceptbench/dashboards/tool';
import { startProbe } from '@acceptbench/probe/exporter';
import { isMeasured } from '@acceptbench/results/replicate';
import { cli, readResults, resultsFolder, startCli } from './cli.ts';
import { figuresAgree } from './figures.ts';

const experiment = fileURLToPath(new URL('./fixtures/watched.json', import.meta.url));
/** A replicate that the machine spoilt is as good as any here. */
const onlyOnce = ['--retries', '0'];
const nodeSmoke = ['run', '-e', 'smoke', '--runtime', 'node', ...onlyOnce];
const linux = { skip: process.platform === 'linux' ? false : 'only Linux shows accept queues' };

test('a run is seen while it runs and afterwards, and its figures are its own', linux, async (context) => {
  if (!hasTool(context, 'prometheus') || !hasTool(context, 'promtool')) return;
  const probe = await probeOfBusyServer(context);
  const prometheus = await startPrometheus(context, { alsoRead: [new URL(probe.url).host] });
  const results = resultsFolder(context);
  const fromSeconds = Date.now() / 1000;
  const args = ['run', '-e', experiment, ...onlyOnce, '--results', results, ...liveArguments(prometheus)];
  const { code, stdout, stderr } = await cli(context, args);
  const range: Range = { fromSeconds, toSeconds: Date.now() / 1000 };
  assert.ok(code === 0 || code === 3, `${stdout}${stderr}`);
  assert.match(stdout, /live: isolation is off/);
  assert.match(stdout, /live: http:\/\/127\.0\.0\.1:3000\/d\/acceptbench-run\?var-run=\S+&from=\d+&to=\d+\n/);
  const { folder, run, replicates } = readResults(results);
  const measured = replicates.filter(isMeasured);
  assert.equal(measured.length, 6, stdout);
  assert.deepEqual(run.isolation.mode, 'none');
  const choice: Choice = {
    job: 'acceptbench',
    run: run.id,
    repeated: { runtime: ['node', 'bun', 'deno'], topology: ['inline', 'offload'] },
    range,
  };
  const dashboards = allDashboards();

  await context.test('every expression of every dashboard, while it ran', async () => {
    const checked = await checkDashboards(prometheus, dashboards, choice);
    assert.deepEqual(unexpected(checked, emptyLive), []);
    assert.ok(checked.length > 60, `${checked.length} expressions`);
  });

  await context.test('an expression that is wrong is found', async () => {
    for (const [wrong, says] of [
      ['sum(rate(acceptbench_kernel_accepted_total{run="$run"}[$__rate_interval]))', /no data/],
      ['sum by (runtime) (rate(acceptbench_kernel_connections_accepted_total[$__rate_interval]))', /labels/],
      ['sum(rate(acceptbench_kernel_connections_accepted_total[$__rate_interval])', /no PromQL/],
      ['rate(acceptbench_kernel_connections_accepted_total)', /expected type range vector/],
    ] as const) {
      const [dashboard] = structuredClone(JSON.parse(JSON.stringify(dashboards)));
      dashboard.panels[1].targets[1].expr = wrong;
      const problems = unexpected(await checkDashboards(prometheus, [dashboard], choice), emptyLive);
      assert.equal(problems.length, 1, problems.join('; '));
      assert.match(problems[0] ?? '', says);
    }
  });

  await context.test('the figures that Prometheus has are the run’s own', (sub) =>
    figuresAgree(sub, prometheus, measured, choice),
  );

  await context.test('a probe beside a server in production, in the dashboard Run', async () => {
    const production = { ...choice, job: 'acceptbench-probe', run: '.*' };
    const checked = await checkDashboards(prometheus, dashboards.slice(0, 1), production);
    assert.deepEqual(unexpected(checked, emptyInProduction), []);
  });

  await context.test('the same run, read in from its folder', async (sub) => {
    const past = await startPrometheus(context, {
      async fill(storage) {
        const backfill = await cli(context, ['backfill', folder, '--data', storage]);
        assert.equal(backfill.code, 0, backfill.stderr);
        assert.match(backfill.stdout, new RegExp(`acceptbench-run\\?var-run=${run.id}&from=\\d+&to=\\d+\n$`));
      },
    });
    const checked = await checkDashboards(past, dashboards, choice);
    assert.deepEqual(unexpected(checked, emptyPast), []);
    await figuresAgree(sub, past, measured, choice);
  });
});

test(
  'Prometheus that can’t be used: the run goes on without it, or does not begin',
  linux,
  async (context) => {
    const nobody = `http://127.0.0.1:${await freePort()}`;
    const args = [...nodeSmoke, '--results', resultsFolder(context), '--live', nobody];
    const refused = await cli(context, [...args, '--live-required']);
    assert.deepEqual([refused.code, refused.stdout], [1, '']);
    assert.match(
      refused.stderr,
      /^can't run --live with http:\/\/127\.0\.0\.1:\d+: connect ECONNREFUSED .+\n$/,
    );
    const goesOn = startCli(context, args);
    await goesOn.saw(/results in /);
    assert.match(goesOn.output(), /^not live: http:\S+: .+; the run goes on without it\n/);
    assert.doesNotMatch(goesOn.output(), /--live: in a namespace/);
    // It began, which is all that is asked here.
    goesOn.child.kill('SIGINT');
    await goesOn.finished;
  },
);

test('Prometheus lost while it watches: the run’s own results are whole', linux, async (context) => {
  if (!hasTool(context, 'prometheus')) return;
  const prometheus = await startPrometheus(context);
  const results = resultsFolder(context);
  const run = startCli(context, [...nodeSmoke, '--results', results, ...liveArguments(prometheus)]);
  await run.saw(/results in /);
  await untilPushed(prometheus);
  await prometheus.kill();
  const { code, stdout, stderr } = await run.finished;
  assert.ok(code === 0 || code === 3, `${stdout}${stderr}`);
  const { run: record, replicates } = readResults(results);
  assert.notEqual(record.finishedAt, null);
  assert.equal(replicates.filter(isMeasured).length, 1, stdout);
});

function liveArguments(prometheus: Prometheus): string[] {
  return [
    '--live',
    prometheus.url,
    '--live-required',
    '--live-targets',
    prometheus.targetsFolder,
    '--live-listen',
    '127.0.0.1:0',
  ];
}

/** Waits until k6 has pushed: it is running, then. */
async function untilPushed(prometheus: Prometheus): Promise<void> {
  const deadline = Date.now() + 60_000;
  for (;;) {
    const now = Date.now() / 1000;
    const pushed = await prometheus.query('count({__name__=~"k6_.+"})', now);
    if (pushed.length > 0) return;
    assert.ok(Date.now() < deadline, 'k6 pushed nothing in 60 s');
    await delay(50);
  }
}

/** A server that listens and never accepts, connections that wait, and a probe of it. */
async function probeOfBusyServer(context: TestContext) {
  const script = fileURLToPath(new URL('../../probe/test/blockedListener.ts', import.meta.url));
  const ended = new AbortController();
  context.after(() => ended.abort());
  const server = execFile(
    process.execPath,
    [script, '127.0.0.1', '0', '2'],
    { signal: ended.signal },
    () => {},
  );
  assert.ok(server.stdout !== null && server.pid !== undefined);
  const [port] = await once(server.stdout, 'data');
  const probe = await startProbe({
    ports: [Number(port)],
    pid: server.pid,
    host: '127.0.0.1',
    port: 0,
    periodMs: 50,
  });
  context.after(() => probe.close());
  for (let client = 0; client < 2; client += 1) {
    const socket = connect(Number(port), '127.0.0.1');
    context.after(() => void socket.destroy());
    await once(socket, 'connect');
  }
  return probe;
}
