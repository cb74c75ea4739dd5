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
import { isDisturbed } from './figures.ts';
import { near } from './near.ts';

const experiment = fileURLToPath(new URL('./fixtures/collected.json', import.meta.url));

const meanOf = ({ stages }: MeasuredReplicate, name: string) =>
  stages.find(({ stage }) => stage === name)?.meanMs ?? 0;

/** What k6 counted it pushes whole at its end, whatever the machine does meanwhile. */
function sameCounts(got: MeasuredReplicate, own: MeasuredReplicate): void {
  const { id } = own.cell;
  assert.deepEqual([got.cell.id, got.attempt], [id, own.attempt]);
  near(`${id} completed`, got.rates.completedPerSecond, own.rates.completedPerSecond);
  near(`${id} mean`, got.responseTimeMs.mean, own.responseTimeMs.mean);
  assert.ok(own.responseHistogram !== null);
  for (const [p, name] of [
    [0.5, 'p50'],
    [0.99, 'p99'],
  ] as const) {
    // As runners' percentiles are read, off the histogram.
    near(`${id} ${name}`, got.responseTimeMs[name], quantileOf(own.responseHistogram, p));
  }
  const laws = got.books
    .filter(({ law, tolerance }) => tolerance === 0 && law === 'requests')
    .map(({ residual }) => residual);
  assert.deepEqual(laws, [0]);
  assert.equal(got.residualMs, null);
}

/** What is read now and then is the run's own where nothing stood still between two readings. */
function sameReadings(got: MeasuredReplicate, own: MeasuredReplicate): void {
  const { id } = own.cell;
  // Prometheus' readings are further apart, and what is accepted by the window's end is interpolated between two of them.
  const accepted = own.rates.acceptedPerSecond ?? 0;
  near(`${id} accepted`, got.rates.acceptedPerSecond, accepted, accepted * 0.06);
  const seconds = own.acceptQueue?.connectionSeconds;
  // Of a queue that is empty throughout a single connection is more than 2 %.
  near(`${id} connection-seconds`, got.acceptQueue?.connectionSeconds, seconds, 0.5);
  for (const name of ['client-lag', 'resend', 'accept-queue', 'process', 'offload-queue', 'work']) {
    near(`${id} ${name}`, meanOf(got, name), meanOf(own, name), 1);
  }
  // What is the rest there is measured here, and what it misses is the residual.
  near(`${id} reply`, meanOf(got, 'reply'), meanOf(own, 'reply') + (own.residualMs ?? 0), 1);
  const laws = got.books
    .filter(({ tolerance }) => tolerance === 0)
    .map(({ law, residual }) => [law, residual]);
  assert.deepEqual(laws, [
    ['requests', 0],
    ['requests-started', 0],
    ['requests-ended', 0],
  ]);
}

/** Runs, collects and compares, and says of how many replicates the readings agree, and of how many they had to. */
async function collectWatched(context: TestContext): Promise<{ agreed: number; undisturbed: number }> {
  const prometheus = await startPrometheus(context);
  const own = resultsFolder(context);
  const live = ['--live', prometheus.url, '--live-required', '--live-targets', prometheus.targetsFolder];
  const args = ['run', '-e', experiment, '--retries', '0', '--results', own, ...live];
  await cli(context, [...args, '--live-listen', '127.0.0.1:0']);
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
  let agreed = 0;
  let undisturbed = 0;
  for (const [index, each] of replicates.entries()) {
    const found = collected.replicates[index];
    assert.ok(found !== undefined && isMeasured(each), JSON.stringify(each));
    if (!isMeasured(found) && isDisturbed(each)) {
      context.diagnostic(`${each.cell.id} is not collected: ${JSON.stringify(found)}`);
      continue;
    }
    assert.ok(isMeasured(found), JSON.stringify(found));
    sameCounts(found, each);
    if (!isDisturbed(each) && !isDisturbed(found)) undisturbed += 1;
    try {
      sameReadings(found, each);
      agreed += 1;
    } catch (error) {
      context.diagnostic(`readings differ: ${error instanceof Error ? error.message : String(error)}`);
    }
  }
  const again = await cli(context, ['report', collected.folder]);
  assert.equal(again.code, 0, again.stderr);
  const beside = await cli(context, ['compare', collected.folder, collected.folder]);
  assert.ok(beside.code === 0 || beside.code === 3, beside.stderr);
  return { agreed, undisturbed };
}

/** On a machine that stands still readings are missing: what then differs says nothing, and what agrees still does. */
async function collectUntilItAgrees(context: TestContext): Promise<void> {
  const seen = { agreed: 0, undisturbed: 0 };
  for (let runs = 0; runs < 3 && seen.agreed === 0; runs += 1) {
    const { agreed, undisturbed } = await collectWatched(context);
    seen.agreed += agreed;
    seen.undisturbed += undisturbed;
  }
  context.diagnostic(`${seen.agreed} agree; ${seen.undisturbed} were not disturbed`);
  assert.ok(seen.agreed > 0 || seen.undisturbed === 0, 'no reading is that of the run');
}

const name = 'what Prometheus has of a run is what its own folder has';
const isMissing = spawnSync('prometheus', ['--version'], { stdio: 'ignore' }).error !== undefined;
if (isMissing && process.env.CI !== 'true') {
  test(name, { skip: 'no prometheus on the PATH: on Debian, apt-get install prometheus' }, () => {});
} else {
  await testInNamespace('collect', import.meta.url, 4096, () => {
    test(name, collectUntilItAgrees);
  });
}
