import assert from 'node:assert/strict';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { aRun } from '@acceptbench/report/testing';
import type { FailedReplicate } from '@acceptbench/results/replicate';
import { toCells } from './experiments/cells.ts';
import { quick } from './experiments/quick.ts';
import { RunStore } from './store.ts';

const [cell] = toCells(quick.short, {
  calibrations: [{ kind: 'wasm', targetMs: 4, iterations: 1, medianMs: 4, iqrMs: 0, n: 1 }],
  cores: 2,
  freeCores: 1,
});
assert.ok(cell !== undefined);
const failed: FailedReplicate = {
  schemaVersion: 2,
  attempt: 1,
  cell,
  block: 1,
  order: 1,
  startedAt: '2026-01-01T00:00:00.000Z',
  wallSeconds: 1,
  outcome: 'failed',
  error: 'no',
  phase: 'start',
  serverTail: ['a line\nin a line'],
};

/** For tests in which nothing is gone. */
const silent = (message: string) => assert.fail(message);

test('a replicate is a line of its own, added to those before', async (context) => {
  const parent = await mkdtemp(join(tmpdir(), 'acceptbench-'));
  context.after(() => rm(parent, { recursive: true }));
  const store = await RunStore.create(parent, 'quick', new Date('2026-02-03T04:05:06.789Z'), silent);
  assert.equal(store.folder, join(parent, '2026-02-03T04-05-06Z-quick'));
  await store.appendReplicate(failed);
  await store.appendReplicate({ ...failed, order: 2 });
  const lines = (await readFile(join(store.folder, 'replicates.ndjson'), 'utf8')).trimEnd().split('\n');
  assert.deepEqual(
    lines.map((line) => JSON.parse(line).order),
    [1, 2],
  );
  await store.writeReport([['report.md', 'one']]);
  await store.writeReport([['report.md', 'two']]);
  assert.deepEqual((await readdir(store.folder)).sort(), ['k6', 'replicates.ndjson', 'report.md', 'samples']);
});

test('two runs of one second do not share a folder', async (context) => {
  const parent = await mkdtemp(join(tmpdir(), 'acceptbench-'));
  context.after(() => rm(parent, { recursive: true }));
  const at = new Date();
  const first = await RunStore.create(parent, 'quick', at, silent);
  const second = await RunStore.create(parent, 'quick', at, silent);
  assert.notEqual(first.folder, second.folder);
});

test('a folder that cannot be made is an error, not a silence', async (context) => {
  const parent = await mkdtemp(join(tmpdir(), 'acceptbench-'));
  context.after(() => rm(parent, { recursive: true }));
  await writeFile(join(parent, 'file'), '');
  await assert.rejects(RunStore.create(join(parent, 'file'), 'quick', new Date(), silent), {
    code: 'EEXIST',
  });
});

test('a folder that is taken away is made again, with all that was measured', async (context) => {
  const parent = await mkdtemp(join(tmpdir(), 'acceptbench-'));
  context.after(() => rm(parent, { recursive: true }));
  const told: string[] = [];
  const store = await RunStore.create(parent, 'quick', new Date(), (message) => told.push(message));
  const run = aRun([cell]);
  await store.writeRun(run);
  await store.appendReplicate(failed);
  await store.prepare();
  assert.deepEqual(told, []);
  await rm(store.folder, { recursive: true });
  await store.prepare();
  await store.appendReplicate({ ...failed, order: 2 });
  assert.match(told.join(), /were gone; what had been measured is written again/);
  assert.equal(told.length, 1);
  const lines = (await readFile(join(store.folder, 'replicates.ndjson'), 'utf8')).trimEnd().split('\n');
  assert.deepEqual(
    lines.map((line) => JSON.parse(line).order),
    [1, 2],
  );
  assert.deepEqual(JSON.parse(await readFile(join(store.folder, 'run.json'), 'utf8')), run);
});

test('results that can’t be saved are told in one line, and nothing is half-written', async (context) => {
  const parent = await mkdtemp(join(tmpdir(), 'acceptbench-'));
  context.after(() => rm(parent, { recursive: true }));
  const store = await RunStore.create(parent, 'quick', new Date(), silent);
  await rm(store.folder, { recursive: true });
  await writeFile(store.folder, 'a file where the folder was');
  await assert.rejects(store.appendReplicate(failed), {
    name: 'StorageError',
    message: /^can't save results in \S+: /,
  });
});
