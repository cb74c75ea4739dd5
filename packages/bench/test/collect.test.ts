/**
 * `cluster collect` from a real Prometheus of a run that it watched, whose own folder says what is right. In a network namespace: without
 * isolation, which `--live` has none of, others' connections would be among the run's.
 */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { startPrometheus } from '@acceptbench/dashboards/prometheus';
import { testInNamespace } from '@acceptbench/probe/testing';
import { quantileOf } from '@acceptbench/report/mergeLoads';
import { isMeasured, type MeasuredReplicate } from '@acceptbench/results/replicate';
import { cli, readResults, resultsFolder } from './cli.ts';
import { asPlan, writePlan } from './clusterPlan.ts';
import { near } from './near.ts';

const experiment = fileURLToPath(new URL('./fixtures/collected.json', import.meta.url));

const meanOf = ({ stages }: MeasuredReplicate, name: string) =>
  stages.find(({ stage }) => stage === name)?.meanMs ?? 0;

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

/** Others' work makes a load late, which both tell alike; missing readings make figures that are not the run's. */
function hasReadings(replicate: MeasuredReplicate): boolean {
  const reasons = replicate.outcome === 'invalid' ? replicate.reasons : [];
  return reasons.every(({ gate }) => gate !== 'samples' && gate !== 'suspended');
}

async function collectWatched(context: TestContext): Promise<void> {
  const prometheus = await startPrometheus(context);
  const own = resultsFolder(context);
  const live = ['--live', prometheus.url, '--live-required', '--live-targets', prometheus.targetsFolder];
  const args = ['run', '-e', experiment, '--retries', '1', '--results', own, ...live];
  const watched = await cli(context, [...args, '--live-listen', '127.0.0.1:0']);
  const { run, replicates } = readResults(own);
  const folder = writePlan(join(own, 'plan'), asPlan(run, replicates, prometheus.url));
  const results = resultsFolder(context);
  const collect = ['cluster', 'collect', folder, '--since', '1h', '--results', results];
  const { code, stdout, stderr } = await cli(context, [...collect, '--prometheus', prometheus.url]);
  assert.equal(stderr, '');
  const collected = readResults(results);
  assert.ok(code === 0 || code === 3, stdout);
  assert.equal(collected.run.id, run.id);
  assert.equal(collected.replicates.length, replicates.length);
  let compared = 0;
  for (const [index, each] of replicates.entries()) {
    const found = collected.replicates[index];
    assert.ok(found !== undefined && isMeasured(found), JSON.stringify(found));
    assert.deepEqual([found.cell.id, found.attempt], [each.cell.id, each.attempt]);
    // On a machine that stands still neither has its readings.
    if (!isMeasured(each) || !hasReadings(found) || !hasReadings(each)) continue;
    compared += 1;
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
  assert.ok(compared > 0, watched.stdout + watched.stderr);
  const again = await cli(context, ['report', collected.folder]);
  assert.equal(again.code, 0, again.stderr);
  const beside = await cli(context, ['compare', collected.folder, collected.folder]);
  assert.ok(beside.code === 0 || beside.code === 3, beside.stderr);
}

const name = 'what Prometheus has of a run is what its own folder has';
const isMissing = spawnSync('prometheus', ['--version'], { stdio: 'ignore' }).error !== undefined;
if (isMissing && process.env.CI !== 'true') {
  test(name, { skip: 'no prometheus on the PATH: on Debian, apt-get install prometheus' }, () => {});
} else {
  await testInNamespace('collect', import.meta.url, 4096, () => {
    test(name, collectWatched);
  });
}
