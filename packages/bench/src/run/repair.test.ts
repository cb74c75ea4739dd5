import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import fc from 'fast-check';
import { repairReplicates } from './repair.ts';

async function folderOf(context: TestContext): Promise<{ folder: string; file: string }> {
  const folder = await mkdtemp(join(tmpdir(), 'acceptbench-'));
  context.after(() => rm(folder, { recursive: true }));
  return { folder, file: join(folder, 'replicates.ndjson') };
}

test('wherever a line is cut, the whole ones stay and what is left of it is kept aside', async (context) => {
  const { folder, file } = await folderOf(context);
  const lines = [{ order: 1 }, { order: 2, text: 'größer, 大' }].map((line) => `${JSON.stringify(line)}\n`);
  const bytes = Buffer.from(lines.join(''));
  const firstEnd = Buffer.byteLength(lines[0] ?? '');
  await fc.assert(
    fc.asyncProperty(fc.integer({ min: firstEnd + 1, max: bytes.length - 2 }), async (cut) => {
      await writeFile(file, bytes.subarray(0, cut));
      assert.deepEqual(await repairReplicates(folder, true), lines.slice(0, 1));
      assert.deepEqual(await readFile(file), bytes.subarray(0, firstEnd));
      assert.deepEqual(await readFile(`${file}.torn`), bytes.subarray(firstEnd, cut));
      await rm(`${file}.torn`);
    }),
    { numRuns: 30 },
  );
});

test('a whole line without its newline gets one', async (context) => {
  const { folder, file } = await folderOf(context);
  await writeFile(file, '{"order":1}\n{"order":2}');
  assert.deepEqual(await repairReplicates(folder, false), ['{"order":1}\n', '{"order":2}\n']);
  assert.equal(await readFile(file, 'utf8'), '{"order":1}\n{"order":2}\n');
});

test('what is whole is not touched, and no file is no line', async (context) => {
  const { folder, file } = await folderOf(context);
  assert.deepEqual(await repairReplicates(folder, false), []);
  assert.equal(existsSync(file), false);
  await writeFile(file, '{"order":1}\n');
  assert.deepEqual(await repairReplicates(folder, false), ['{"order":1}\n']);
  assert.equal(existsSync(`${file}.torn`), false);
});
