/** What is asked of a Prometheus: of three runners that pushed to a real one, and what may go wrong. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { freePort, startPrometheus } from '@acceptbench/dashboards/prometheus';
import { hasTool } from '@acceptbench/dashboards/tool';
import { remoteWrite } from '@acceptbench/k6/remoteWrite';
import { mergeLoads } from '@acceptbench/report/mergeLoads';
import { aCell, aFailed, aRun } from '@acceptbench/report/testing';
import { matching, queryPrometheus } from '../src/cluster/query.ts';
import { runnerHistograms, runnerNumbers, toRunnerLoads } from '../src/cluster/runnerLoads.ts';
import { requireK6 } from '../src/k6.ts';
import { answering, withJson } from './answering.ts';
import { cli, readResults, resultsFolder } from './cli.ts';
import { asPlan, writePlan } from './clusterPlan.ts';
import { near } from './near.ts';
import { offeredWhole, offerTogether } from './together.ts';

test('three runners that push are read as they count themselves, and merged', async (context) => {
  if (!hasTool(context, 'prometheus')) return;
  const prometheus = await startPrometheus(context);
  const body = JSON.stringify({ street: 'Main Street', city: 'Springfield', count: 3 });
  const { url } = await answering(context, withJson(body));
  const abort = new AbortController();
  context.after(() => abort.abort());
  const offer = async (run: string) => {
    const labels = { job: 'acceptbench', run, cell: 'a"b\\c' };
    const own = await offerTogether({
      k6Path: (await requireK6()).path,
      runners: 3,
      folder: resultsFolder(context),
      signal: abort.signal,
      baseUrl: url,
      load: {
        kind: 'constant-arrival-rate',
        ratePerSecond: 151,
        durationSeconds: 2,
        warmupSeconds: 1,
        warmupRatePerSecond: 30,
      },
      policy: 'close',
      expectedBody: body,
      // As many as arrive, so that none is dropped where the machine stands still for a while.
      maxVus: 302,
      ...remoteWrite({ url: `${prometheus.url}/api/v1/write`, tags: labels }),
    });
    return { labels, loads: own };
  };
  const { labels, loads: own } = await offeredWhole(302, (tried) => offer(`three after ${tried}`));
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
  // The last that each told; its own is the best of all, within a ms where nothing stood still.
  assert.ok(Math.abs(windowStartMs - right.windowStartMs) < 100, `${windowStartMs} ${right.windowStartMs}`);
  near('mean', responseTime.mean, right.responseTime.mean);
  for (const name of ['p50', 'p90', 'p99'] as const) near(name, responseTime[name], right.responseTime[name]);
  near('opening', openingMs, right.openingMs);
  near('ended at', endedAtMs, right.endedAtMs);
  near('lag', schedulingLag.mean, right.schedulingLag.mean);
  // Upper bounds of buckets 2^(1/8) wide, and of one value, where k6 takes a mean of two that may be far apart.
  const { p99 } = schedulingLag;
  assert.ok(
    p99 >= right.schedulingLag.p90 * 0.999 && p99 < right.schedulingLag.max * 1.1,
    `${p99} ${JSON.stringify(right.schedulingLag)}`,
  );
});

test('a Prometheus that does not answer as one is named in one line', async (context) => {
  const plan = asPlan(aRun([aCell()]), [aFailed(aCell(), 1, '')], 'http://127.0.0.1:9090');
  const folder = writePlan(resultsFolder(context), plan);
  let answer: { status: number; body: string } = { status: 200, body: '' };
  const { port } = await answering(
    context,
    (response) => void response.writeHead(answer.status).end(answer.body),
  );
  const url = `http://nobody:secret@127.0.0.1:${port}`;
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
