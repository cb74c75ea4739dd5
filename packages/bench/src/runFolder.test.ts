import assert from 'node:assert/strict';
import { appendFile, cp, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import type { Sample } from '@acceptbench/results/sample';
import fc from 'fast-check';
import { type Damage, damageInWords, readRunFolder, readSamples } from './runFolder.ts';

const fixtures = fileURLToPath(new URL('../../results/fixtures/', import.meta.url));
const file = 'replicates.ndjson';

/** A copy of a fixture, to be damaged. */
async function aCopy(context: TestContext, version = 'v1'): Promise<string> {
  const parent = await mkdtemp(join(tmpdir(), 'acceptbench-'));
  context.after(() => rm(parent, { recursive: true }));
  const folder = join(parent, 'run');
  await cp(join(fixtures, version), folder, { recursive: true });
  return folder;
}

async function samplesOf(folder: string, replicate: Parameters<typeof readSamples>[1]) {
  const samples: Sample[] = [];
  const damage: Damage[] = [];
  for await (const sample of readSamples(folder, replicate, (each) => damage.push(each)))
    samples.push(sample);
  return { samples, damage };
}

test('every version that there is a fixture of is read whole', async () => {
  for (const version of (await readdir(fixtures)).filter((name) => name.startsWith('v'))) {
    const folder = join(fixtures, version);
    const { run, replicates, torn, damage } = await readRunFolder(folder);
    const stored = (await readFile(join(folder, file), 'utf8')).trimEnd().split('\n');
    assert.equal(replicates.length, stored.length);
    assert.deepEqual({ torn, damage }, { torn: false, damage: [] });
    assert.ok(run.cells.length > 0);
    for (const replicate of replicates) {
      const { samples, damage } = await samplesOf(folder, replicate);
      if (damage.length === 0) assert.ok(samples.length > 0);
      else assert.match(damage[0]?.why ?? '', /^it is not there$/);
    }
  }
});

test('a run that was killed before a replicate ended has none', async (context) => {
  const folder = await aCopy(context);
  await rm(join(folder, file));
  assert.deepEqual((await readRunFolder(folder)).replicates, []);
  await writeFile(join(folder, file), '');
  const { replicates, torn } = await readRunFolder(folder);
  assert.deepEqual({ replicates, torn }, { replicates: [], torn: false });
});

test('wherever the last line is cut, the lines before it stay and no half of it counts', async (context) => {
  const folder = await aCopy(context);
  const path = join(folder, file);
  const bytes = await readFile(path);
  const whole = await readRunFolder(folder);
  const lastAt = bytes.lastIndexOf('\n', bytes.length - 2) + 1;
  await fc.assert(
    fc.asyncProperty(fc.integer({ min: lastAt, max: bytes.length - 2 }), async (length) => {
      await writeFile(path, bytes.subarray(0, length));
      const { replicates, torn, damage } = await readRunFolder(folder);
      assert.deepEqual(replicates, whole.replicates.slice(0, -1));
      assert.deepEqual(damage, []);
      assert.equal(torn, length > lastAt);
    }),
    { numRuns: 30 },
  );
  await writeFile(path, bytes.subarray(0, -1));
  assert.deepEqual(await readRunFolder(folder), whole);
});

test('another bad line is named, and the others stay', async (context) => {
  const folder = await aCopy(context);
  const path = join(folder, file);
  const [first = '', second = '', third = ''] = (await readFile(path, 'utf8')).trimEnd().split('\n');
  const notFinite = third.replace(/"completedPerSecond":\d+/, '"completedPerSecond":1e999');
  const newer = second.replace('"schemaVersion":1', '"schemaVersion":99');
  await writeFile(
    path,
    `${first}\n{"half": \u001b[31m\n\n${newer}\n${notFinite}\n${first}\n${third}\n{"torn`,
  );
  const { replicates, torn, damage } = await readRunFolder(folder);
  assert.equal(replicates.length, 2);
  assert.equal(torn, true);
  assert.deepEqual(
    damage.map(({ line }) => line),
    [2, 4, 5, 6],
  );
  const words = damageInWords({ torn, damage });
  for (const pattern of [
    /^replicates\.ndjson, line 2: it is not JSON: .*; left out$/,
    /^replicates\.ndjson, line 4: schema version 99, accepted are 1 to \d/,
    /^replicates\.ndjson, line 5: rates\.completedPerSecond: /,
    /^replicates\.ndjson, line 6: this attempt at block 1 of .* is there already, in line 1/,
    /^replicates\.ndjson: the last line is half-written/,
  ]) {
    assert.match(words.find((each) => pattern.test(each)) ?? words.join('\n'), pattern);
  }
  for (const each of words) assert.doesNotMatch(each, /\p{Cc}/u);
});

test('of a file that is none of ours some lines are named and the others counted', async (context) => {
  const folder = await aCopy(context);
  await writeFile(join(folder, file), 'not ours\n'.repeat(5000));
  const words = damageInWords(await readRunFolder(folder));
  assert.ok(words.length < 12, `${words.length}`);
  assert.match(words.at(-1) ?? '', /^replicates\.ndjson: 4992 more lines that can't be read; left out$/);
});

test('samples: what is half-written or damaged is passed by and told', async (context) => {
  const folder = await aCopy(context);
  const { replicates } = await readRunFolder(folder);
  const replicate = replicates.find(({ cell }) => cell.runtime === 'node');
  assert.ok(replicate !== undefined);
  const before = await samplesOf(folder, replicate);
  assert.deepEqual(before.damage, []);
  assert.deepEqual([...new Set(before.samples.map(({ kind }) => kind))].sort(), ['cpu', 'kernel', 'server']);
  const path = join(folder, 'samples', `${replicate.block}-${replicate.cell.id}.ndjson`);
  await appendFile(path, '{"kind":"other","atMs":1}\n{"kind":"ker');
  const after = await samplesOf(folder, replicate);
  assert.deepEqual(after.samples, before.samples);
  const last = before.samples.length;
  assert.deepEqual(
    after.damage.map(({ line }) => line),
    [last + 1, last + 2],
  );
  assert.match(after.damage[1]?.why ?? '', /half-written/);
  for (const { why } of after.damage) assert.doesNotMatch(why, /\n/);
  const later = await samplesOf(folder, { ...replicate, attempt: 2 });
  assert.match(later.damage[0]?.file ?? '', /-attempt2\.ndjson$/);
});

test('what is no run is said in one line', async (context) => {
  const folder = await aCopy(context);
  const refused = async (at: string, message: RegExp) => {
    await assert.rejects(readRunFolder(at), (error) => {
      assert.ok(error instanceof Error && error.name === 'UnreadableResultError');
      assert.match(error.message, message);
      assert.doesNotMatch(error.message, /\n/);
      assert.ok(error.message.startsWith(at));
      return true;
    });
  };
  await refused(join(folder, 'nowhere'), /no such folder; wanted is the folder of one run/);
  await refused(join(folder, 'run.json'), /it is not a folder/);
  await refused(join(folder, '..'), /it has no run\.json/);
  const path = join(folder, 'run.json');
  const text = await readFile(path, 'utf8');
  await writeFile(path, text.slice(0, 100));
  await refused(folder, /run\.json: it is not JSON/);
  await writeFile(path, text.replace('"schemaVersion": 1', '"schemaVersion": 3'));
  await refused(folder, /: run\.json: schema version 3, accepted are 1 to 2; a newer acceptbench reads it$/);
});
