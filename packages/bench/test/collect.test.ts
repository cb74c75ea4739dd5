/**
 * `cluster collect` from a real Prometheus: of a run that it watched, whose own folder says what is right; and of three runners that
 * pushed to it, whose own summaries do. Then what may go wrong when it is asked.
 */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdirSync, writeFileSync } from 'node:fs';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { freePort, startPrometheus } from '@acceptbench/dashboards/prometheus';
import { hasTool } from '@acceptbench/dashboards/tool';
import { remoteWrite } from '@acceptbench/k6/remoteWrite';
import { mergeLoads, quantileOf } from '@acceptbench/report/mergeLoads';
import { aCell, aFailed, aRun } from '@acceptbench/report/testing';
import { isMeasured, type MeasuredReplicate, type Replicate } from '@acceptbench/results/replicate';
import type { Run } from '@acceptbench/results/run';
import { ClusterPlan, planFile } from '../src/cluster/plan.ts';
import { matching, queryPrometheus } from '../src/cluster/query.ts';
import { runnerHistograms, runnerNumbers, toRunnerLoads } from '../src/cluster/runnerLoads.ts';
import { requireK6 } from '../src/k6.ts';
import { cli, readResults, resultsFolder } from './cli.ts';
import { offerTogether } from './together.ts';

const experiment = fileURLToPath(new URL('./fixtures/collected.json', import.meta.url));
const linux = { skip: process.platform === 'linux' ? false : 'only Linux shows accept queues' };

/** The plan that a run would have had on a cluster, where one runner and Prometheus' 250 ms are what it had. */
function asPlan(run: Run, replicates: readonly Replicate[], url: string): ClusterPlan {
  const { startedAt: _, finishedAt: __, resumedAt: ___, interrupted: ____, settings: _____, ...rest } = run;
  const { cells, isolation: ______, placement: _______, environment, ...shared } = rest;
  return ClusterPlan.parse({
    ...shared,
    cells,
    notOffered: [],
    replicates: replicates.map(({ cell, block, order, attempt }) => ({
      order,
      block,
      attempt,
      cell: cell.id,
      folder: `replicates/${order}`,
      testRun: `acceptbench-${order}`,
    })),
    cluster: {
      namespace: 'acceptbench',
      parallelism: 1,
      serverCpus: environment.freeCores,
      prometheus: url,
      scrapeSeconds: 0.25,
      pushSeconds: 0.25,
      images: {},
      versions: environment.versions,
    },
  });
}

function writePlan(folder: string, plan: unknown): string {
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, planFile), JSON.stringify(plan));
  return folder;
}

const meanOf = ({ stages }: MeasuredReplicate, name: string) =>
  stages.find(({ stage }) => stage === name)?.meanMs ?? 0;

/** Two figures of one thing, within 2 % of the second; or within so much, where both are next to nothing. */
function near(what: string, got: number | null | undefined, own: number | null | undefined, least = 0): void {
  assert.ok(got != null && own != null, `${what}: ${got} and ${own}`);
  assert.ok(Math.abs(got - own) <= Math.max(Math.abs(own) * 0.02, least), `${what}: ${got}, its own ${own}`);
}

function sameFigures(context: TestContext, got: MeasuredReplicate, own: MeasuredReplicate): void {
  const { id } = own.cell;
  near(`${id} completed`, got.rates.completedPerSecond, own.rates.completedPerSecond);
  // Prometheus' readings are further apart, and what is accepted by the window's end is interpolated between two of them.
  const accepted = own.rates.acceptedPerSecond ?? 0;
  near(`${id} accepted`, got.rates.acceptedPerSecond, accepted, accepted * 0.06);
  near(`${id} mean`, got.responseTimeMs.mean, own.responseTimeMs.mean);
  assert.ok(own.responseHistogram !== null);
  for (const [p, name] of [
    [0.5, 'p50'],
    [0.99, 'p99'],
  ] as const) {
    // As runners' percentiles are read, off the histogram; k6's own of one runner is in the same bucket.
    near(`${id} ${name}`, got.responseTimeMs[name], quantileOf(own.responseHistogram, p));
    const ratio = got.responseTimeMs[name] / own.responseTimeMs[name];
    assert.ok(ratio < 2 ** (1 / 8) && ratio > 2 ** (-1 / 8), `${id} ${name}: ${ratio}`);
    context.diagnostic(
      `${id} ${name}: ${got.responseTimeMs[name].toFixed(1)} ms, k6's own ${own.responseTimeMs[name].toFixed(1)} ms`,
    );
  }
  const seconds = own.acceptQueue?.connectionSeconds;
  // Of a queue that is empty throughout a single connection is more than 2 %.
  near(`${id} connection-seconds`, got.acceptQueue?.connectionSeconds, seconds, 0.5);
  for (const name of ['client-lag', 'resend', 'accept-queue', 'process', 'offload-queue', 'work']) {
    near(`${id} ${name}`, meanOf(got, name), meanOf(own, name), 1);
    context.diagnostic(
      `${id} ${name}: ${meanOf(got, name).toFixed(2)} ms, its own ${meanOf(own, name).toFixed(2)} ms`,
    );
  }
  // What is the rest there is measured here, and what it misses is the residual.
  near(`${id} reply`, meanOf(got, 'reply'), meanOf(own, 'reply') + (own.residualMs ?? 0), 1);
  assert.equal(got.residualMs, null);
}

test('what Prometheus has of a run is what its own folder has', linux, async (context) => {
  if (!hasTool(context, 'prometheus')) return;
  const prometheus = await startPrometheus(context);
  const own = resultsFolder(context);
  const live = ['--live', prometheus.url, '--live-required', '--live-targets', prometheus.targetsFolder];
  const args = ['run', '-e', experiment, '--retries', '2', '--results', own, ...live];
  const watched = await cli(context, [...args, '--live-listen', '127.0.0.1:0']);
  const { run, replicates } = readResults(own);
  const valid = replicates.filter(({ outcome }) => outcome === 'valid').filter(isMeasured);
  assert.ok(valid.length > 0, watched.stdout + watched.stderr);
  const folder = writePlan(join(own, 'plan'), asPlan(run, replicates, prometheus.url));
  const results = resultsFolder(context);
  const collect = ['cluster', 'collect', folder, '--since', '1h', '--results', results];
  const { code, stdout, stderr } = await cli(context, [...collect, '--prometheus', prometheus.url]);
  assert.equal(stderr, '');
  const collected = readResults(results);
  assert.ok(code === 0 || code === 3, stdout);
  assert.equal(collected.run.id, run.id);
  assert.equal(collected.replicates.length, replicates.length);
  for (const each of valid) {
    const found = collected.replicates.find(
      ({ cell, block, attempt }) =>
        cell.id === each.cell.id && block === each.block && attempt === each.attempt,
    );
    assert.ok(found !== undefined && isMeasured(found), JSON.stringify(found));
    sameFigures(context, found, each);
    const laws = found.books
      .filter(({ tolerance }) => tolerance === 0)
      .map(({ law, residual }) => [law, residual]);
    assert.deepEqual(laws, [
      ['requests', 0],
      ['requests-started', 0],
      ['requests-ended', 0],
    ]);
  }
  const again = await cli(context, ['report', collected.folder]);
  assert.equal(again.code, 0, again.stderr);
  const compared = await cli(context, ['compare', collected.folder, collected.folder]);
  assert.ok(compared.code === 0 || compared.code === 3, compared.stderr);
});

test('three runners that push are read as they count themselves, and merged', async (context) => {
  if (!hasTool(context, 'prometheus')) return;
  const prometheus = await startPrometheus(context);
  const body = JSON.stringify({ street: 'Main Street', city: 'Springfield', count: 3 });
  const server = http.createServer((_request, response) => {
    response.writeHead(200, { 'content-type': 'application/json' }).end(body);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const abort = new AbortController();
  context.after(() => {
    abort.abort();
    server.closeAllConnections();
    server.close();
  });
  const labels = { job: 'acceptbench', run: 'three', cell: 'a"b\\c' };
  const own = await offerTogether({
    k6Path: (await requireK6()).path,
    runners: 3,
    folder: resultsFolder(context),
    signal: abort.signal,
    baseUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    load: {
      kind: 'constant-arrival-rate',
      ratePerSecond: 151,
      durationSeconds: 2,
      warmupSeconds: 1,
      warmupRatePerSecond: 30,
    },
    policy: 'close',
    expectedBody: body,
    maxVus: 90,
    ...remoteWrite({ url: `${prometheus.url}/api/v1/write`, tags: labels }),
  });
  const { instant, lastHistograms } = queryPrometheus(prometheus.url);
  const all = (names: string) => `{__name__=~"${names}",${matching(labels)}}[600s]`;
  const numbers = await instant(`last_over_time(${all(runnerNumbers)})`, Date.now());
  const histograms = await lastHistograms(all(runnerHistograms), Date.now());
  const loads = [...toRunnerLoads(numbers, histograms).values()];
  assert.equal(loads.length, 3);
  const [got, right] = [mergeLoads(loads), mergeLoads(own)];
  const { responseTime, schedulingLag, openingMs, endedAtMs, windowStartMs, ...counts } = got;
  assert.deepEqual(counts, {
    ...counts,
    started: 302,
    dropped: 0,
    completed: 302,
    completedInWindow: right.completedInWindow,
    completedByThird: right.completedByThird,
    errored: 0,
    wrong: 0,
    connections: 302,
    resent: right.resent,
    histogram: right.histogram,
  });
  near('window start', windowStartMs, right.windowStartMs);
  assert.ok(Math.abs(windowStartMs - right.windowStartMs) < 1, `${windowStartMs} ${right.windowStartMs}`);
  near('mean', responseTime.mean, right.responseTime.mean);
  for (const name of ['p50', 'p90', 'p99'] as const) near(name, responseTime[name], right.responseTime[name]);
  near('opening', openingMs, right.openingMs);
  near('ended at', endedAtMs, right.endedAtMs);
  near('lag', schedulingLag.mean, right.schedulingLag.mean);
  // Upper bounds of buckets 2^(1/8) wide: above the true ones, and not by more.
  const { p99 } = schedulingLag;
  assert.ok(
    p99 >= right.schedulingLag.p99 * 0.999 && p99 < right.schedulingLag.p99 * 1.1,
    `${p99} ${right.schedulingLag.p99}`,
  );
});

test('a Prometheus that does not answer as one is named in one line', async (context) => {
  const plan = asPlan(aRun([aCell()]), [aFailed(aCell(), 1, '')], 'http://127.0.0.1:9090');
  const folder = writePlan(resultsFolder(context), plan);
  let answer: { status: number; body: string } = { status: 200, body: '' };
  const server = http.createServer((_request, response) => {
    response.writeHead(answer.status).end(answer.body);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  context.after(() => server.close());
  const url = `http://nobody:secret@127.0.0.1:${(server.address() as AddressInfo).port}`;
  const collect = async (from: string, at = folder) => {
    const results = resultsFolder(context);
    const { code, stdout, stderr } = await cli(context, [
      ...['cluster', 'collect', at, '--prometheus', from, '--results', results],
    ]);
    assert.equal(stdout, '');
    assert.doesNotMatch(stderr, /secret/);
    assert.equal(stderr.trimEnd().split('\n').length, 1, stderr);
    assert.throws(() => readResults(results), /expected one run/);
    assert.equal(code, 2, stderr);
    return stderr;
  };
  const whole = { status: 'success', data: { resultType: 'vector', result: [] } };
  for (const [status, body, says] of [
    [401, '', /it does not let us read \(401\); give --prometheus http:\/\/user:password@/],
    [403, 'forbidden', /it does not let us read \(403\)/],
    [404, '<html>', /status 404, and not what its HTTP API answers/],
    [200, '<html>sign in</html>', /status 200, and not what its HTTP API answers/],
    [422, JSON.stringify({ status: 'error', error: 'query timed out' }), /: query timed out$/],
    [
      200,
      JSON.stringify({ ...whole, warnings: ['store 2: no route to host'] }),
      /in part only: store 2: no route/,
    ],
  ] as const) {
    answer = { status, body };
    assert.match((await collect(url)).trim(), says);
  }
  const nobody = `http://127.0.0.1:${await freePort()}`;
  assert.match(
    await collect(nobody),
    /^can't ask Prometheus at http:\/\/127\.0\.0\.1:\d+: connect ECONNREFUSED/,
  );
  assert.match(
    await collect(url, '/nowhere'),
    /^can't read \/nowhere\/plan\.json: ENOENT.*; give the folder that/,
  );
  const broken = writePlan(resultsFolder(context), { ...plan, cluster: undefined });
  assert.match(await collect(url, broken), /^can't read \S+plan\.json: cluster: /);
});
