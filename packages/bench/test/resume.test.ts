import assert from 'node:assert/strict';
import { appendFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { aFailed, aRun } from '@acceptbench/report/testing';
import type { Run } from '@acceptbench/results/run';
import { nominalCells } from '../src/experiments/nominal.ts';
import { smoke } from '../src/experiments/smoke.ts';
import { cli, readResults, resultsFolder, startCli } from './cli.ts';
import { untilThereAre } from './processes.ts';

const runOf = (results: string, ...more: string[]) => [
  'run',
  '--experiment=smoke',
  '--runtime=node',
  '--retries=0',
  '--seed=1',
  '--results',
  results,
  ...more,
];

const resume = (context: TestContext, folder: string) => cli(context, ['run', '--resume', folder]);

/** A run that was killed with -9 while its second replicate was measured. */
async function killed(context: TestContext): Promise<string> {
  const results = resultsFolder(context);
  const started = startCli(context, runOf(results, '--blocks=2'));
  await started.saw(/1\/2 node/);
  await untilThereAre(started.pid, /k6 run /);
  started.child.kill('SIGKILL');
  await started.finished;
  return results;
}

test('a run that was killed goes on: nothing is lost or done twice, a half-written line is kept aside', async (context) => {
  const results = await killed(context);
  const before = readResults(results);
  assert.deepEqual([before.replicates.length, before.run.finishedAt, before.run.resumedAt], [1, null, []]);
  const file = join(before.folder, 'replicates.ndjson');
  const whole = readFileSync(file, 'utf8');
  appendFileSync(file, '{"schemaVersion":2,"outcome":"val');

  const { code, stdout, stderr } = await resume(context, before.folder);
  assert.ok(code === 0 || code === 3, `${code}: ${stderr}`);
  assert.match(stdout, /going on after 1 replicate: 1 left, about \d+ s, seed 1/);
  assert.match(
    stderr,
    /last line is half-written.*\nthe half-written line is kept in replicates\.ndjson\.torn/,
  );
  const { run, replicates } = readResults(results);
  assert.deepEqual(
    replicates.map(({ block, attempt, order }) => [block, attempt, order]),
    [
      [1, 1, 1],
      [2, 1, 2],
    ],
  );
  assert.ok(readFileSync(file, 'utf8').startsWith(whole), 'what was measured is as it was');
  assert.equal(readFileSync(`${file}.torn`, 'utf8'), '{"schemaVersion":2,"outcome":"val');
  assert.equal(run.resumedAt.length, 1);
  assert.notEqual(run.finishedAt, null);
  assert.equal(existsSync(join(before.folder, 'lock')), false);

  const again = await resume(context, before.folder);
  assert.match(again.stdout, /^nothing is left to run of /);
  assert.deepEqual(readResults(results).run, run, 'with nothing left, nothing changes');

  // What failed is tried once more, as a further attempt.
  const [first, second] = replicates;
  assert.ok(first !== undefined && second !== undefined);
  const failed = { ...aFailed(first.cell, 1, 'k6 was ended by SIGKILL'), order: 1 };
  writeFileSync(file, [failed, second].map((line) => `${JSON.stringify(line)}\n`).join(''));
  await resume(context, before.folder);
  const third = readResults(results).replicates[2];
  assert.deepEqual([third?.block, third?.attempt, third?.order], [1, 2, 3]);
  assert.notEqual(third?.outcome, 'failed');
});

test('what can’t be gone on with is one line, and nothing is written', async (context) => {
  const results = resultsFolder(context);
  const folder = join(results, 'a-run');
  const nothing = await resume(context, folder);
  assert.deepEqual([nothing.code, nothing.stdout], [2, '']);
  assert.match(nothing.stderr, /a-run: no such folder/);
  const beside = await cli(context, ['run', '--resume', folder, '--blocks', '3']);
  assert.equal(beside.code, 2);
  assert.match(beside.stderr, /^--resume goes on as the run's own record says; leave out --blocks \(/);

  const cells = nominalCells({ ...smoke.short, runtimes: ['node'] });
  const settings = { retries: 0, port: 0, startSeconds: 20, servers: [] };
  const refused = async (run: Run, code: number, message: RegExp) => {
    mkdirSync(folder, { recursive: true });
    const text = JSON.stringify(run);
    writeFileSync(join(folder, 'run.json'), text);
    const { code: got, stderr } = await resume(context, folder);
    assert.equal(got, code, stderr);
    assert.match(stderr, message);
    assert.equal(stderr.trimEnd().split('\n').length, 1, stderr);
    assert.equal(readFileSync(join(folder, 'run.json'), 'utf8'), text);
  };
  await refused(aRun(cells), 2, /run\.json does not say how its replicates were run/);
  await refused(
    aRun(cells, { settings }),
    1,
    /^can't go on with \S+: the version of bun was 1\.4\.5 and is not known; .*cpuModel was .* start a run anew$/m,
  );
  await refused(
    aRun(nominalCells({ ...smoke.short, runtimes: ['nodee'] }), { settings }),
    2,
    /unknown runtime "nodee"; there are /,
  );
});
