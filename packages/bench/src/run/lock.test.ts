import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { lockedIn } from './lock.ts';

test('a folder has one runner at a time; what a killed one left behind is no obstacle', async (context) => {
  const folder = await mkdtemp(join(tmpdir(), 'acceptbench-'));
  context.after(() => rm(folder, { recursive: true }));
  const file = join(folder, 'lock');
  const result = await lockedIn(folder, async () => {
    await assert.rejects(
      lockedIn(folder, async () => 0),
      { name: 'CannotRunError', message: new RegExp(`process ${process.pid} still runs this`) },
    );
    const mine = await readFile(file, 'utf8');
    // The same id, used again by a process that started at another time; one that has ended; one that was not written whole.
    for (const left of [
      { ...JSON.parse(mine), startTime: '1' },
      { pid: 2 ** 22, startTime: '1' },
    ]) {
      await writeFile(file, JSON.stringify(left));
      assert.equal(await lockedIn(folder, async () => 1), 1);
    }
    await writeFile(file, mine.slice(0, 5));
    return lockedIn(folder, async () => 2);
  });
  assert.equal(result, 2);
  assert.equal(existsSync(file), false);
});
