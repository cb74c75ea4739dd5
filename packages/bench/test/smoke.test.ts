import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { offeredPerSecond } from '@acceptbench/results/cell';
import { isMeasured } from '@acceptbench/results/replicate';
import { Sample } from '@acceptbench/results/sample';
import { cli, readResults, resultsFolder } from './cli.ts';

test('smoke: three runtimes under real k6, and results that hold together', async (context) => {
  const results = resultsFolder(context);
  const { code, stdout, stderr } = await cli(context, [
    'run',
    '--experiment',
    'smoke',
    '--results',
    results,
    '--seed=5',
    '--retries=0',
    '--name=a first look',
  ]);
  const { run, replicates, folder } = readResults(results);
  assert.ok(code === 0 || code === 3, `${code}: ${stderr}`);
  assert.equal(stderr, '');
  assert.deepEqual(replicates.map(({ cell }) => cell.runtime).sort(), ['bun', 'deno', 'node']);
  assert.deepEqual([run.seed, run.name], [5, 'a first look']);
  assert.equal(run.interrupted, false);
  assert.notEqual(run.finishedAt, null);
  assert.match(run.environment.versions.k6 ?? '', /^2\./);
  for (const replicate of replicates) {
    assert.ok(isMeasured(replicate), JSON.stringify(replicate));
    const { requests, rates, acceptQueue, cell } = replicate;
    assert.equal(requests.failed, 0);
    assert.ok(requests.completed > 0);
    assert.equal(requests.started, requests.completed);
    assert.equal(rates.offeredPerSecond, offeredPerSecond(cell));
    const { counts } = replicate.responseHistogram ?? { counts: [] };
    assert.equal(
      counts.reduce((sum, each) => sum + each, 0),
      requests.completed,
    );
    assert.ok((acceptQueue?.limit ?? 0) >= 511);
    const name = `${replicate.block}-${cell.id}`;
    const samples = readFileSync(join(folder, 'samples', `${name}.ndjson`), 'utf8')
      .trimEnd()
      .split('\n');
    const kinds = new Set(samples.map((line) => Sample.parse(JSON.parse(line)).kind));
    assert.deepEqual([...kinds].sort(), ['cpu', 'kernel', 'server']);
    assert.ok(existsSync(join(folder, 'k6', `${name}.json`)));
  }
  assert.deepEqual(readdirSync(folder).sort(), [
    'k6',
    'replicates.ndjson',
    // Pictures are of what counts: without a valid replicate there is none.
    ...(replicates.some(({ outcome }) => outcome === 'valid') ? ['report'] : []),
    'report.html',
    'report.json',
    'report.md',
    'run.json',
    'samples',
  ]);
  assert.equal(stdout.includes('\u001b'), false);
  assert.doesNotMatch(stdout, /NaN|undefined|Infinity/);
  for (const line of stdout.slice(stdout.indexOf('\n\n')).split('\n')) {
    if (!line.includes(folder)) assert.ok(line.length <= 80, line);
  }
});
