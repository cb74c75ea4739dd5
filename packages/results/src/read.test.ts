import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { test } from 'node:test';
import { readReplicate, readRun, UnreadableResultError } from './read.ts';
import { Replicate } from './replicate.ts';
import { Run } from './run.ts';
import { schemaVersion } from './schemaVersion.ts';

const fixtures = new URL('../fixtures/', import.meta.url);
const text = (path: string) => readFileSync(new URL(path, fixtures), 'utf8');
const lines = (path: string) =>
  text(path)
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));

test('there is a fixture of every version', () => {
  const all = Array.from({ length: schemaVersion }, (_, index) => `v${index + 1}`);
  assert.deepEqual(
    readdirSync(fixtures).filter((name) => name.startsWith('v')),
    all,
  );
});

test('a run in the first form of this version is read as it is', () => {
  const run = JSON.parse(text('v2/run.json'));
  assert.equal(run.schemaVersion, 2);
  assert.deepEqual(readRun(run), run);
  const replicates = lines('v2/replicates.ndjson');
  assert.deepEqual(
    replicates.map((line) => readReplicate(line).outcome),
    ['invalid', 'valid', 'valid', 'valid', 'valid', 'valid'],
  );
  for (const line of replicates) {
    const { stages, rates, books } = line;
    const read = readReplicate(line);
    assert.ok(read.outcome === 'valid' || read.outcome === 'invalid');
    assert.deepEqual([read.stages, read.rates, read.books], [stages, rates, books]);
  }
});

test('a run of version 1 is read as this version, with the figures it had', () => {
  const old = JSON.parse(text('v1/run.json'));
  const run = readRun(old);
  assert.deepEqual(Run.parse(run), run);
  assert.deepEqual(run.experiment.design, { kind: 'blocks', blocks: old.experiment.blocks });
  assert.deepEqual(run.calibrations, [old.calibration]);
  const olds = lines('v1/replicates.ndjson');
  const replicates = olds.map(readReplicate);
  assert.deepEqual(
    replicates.map(({ outcome }) => outcome),
    ['valid', 'invalid', 'valid'],
  );
  for (const [index, replicate] of replicates.entries()) {
    assert.deepEqual(Replicate.parse(replicate), replicate);
    assert.ok(replicate.outcome === 'valid' || replicate.outcome === 'invalid');
    const { stages, rates, requests, responseTimeMs } = olds[index];
    assert.deepEqual(
      [replicate.stages, replicate.rates, replicate.responseTimeMs],
      [stages, rates, responseTimeMs],
    );
    assert.deepEqual(replicate.requests, { ...requests, shed: 0, shedMeanMs: null });
  }
});

test('what is none of ours, newer, or damaged is refused in one line', () => {
  const old = JSON.parse(text('v1/run.json'));
  const refused: [unknown, RegExp][] = [
    [null, /^run\.json: it has no schemaVersion/],
    [{ ...old, schemaVersion: 99 }, /^run\.json: schema version 99, accepted are 1 to \d/],
    [{ ...old, seed: 'x' }, /^run\.json: seed: /],
    [{ ...old, cells: [{}] }, /^run\.json: cells\.0\.id: /],
  ];
  for (const [value, message] of refused) {
    assert.throws(
      () => readRun(value),
      (error) =>
        error instanceof UnreadableResultError &&
        message.test(error.message) &&
        !error.message.includes('\n'),
    );
  }
  const [line] = lines('v1/replicates.ndjson');
  assert.throws(
    () => readReplicate({ ...line, requests: null }),
    /^UnreadableResultError: replicates\.ndjson: requests: /,
  );
});
