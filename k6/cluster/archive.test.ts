import assert from 'node:assert/strict';
import { cp, mkdtemp, readFile, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { list } from 'tar';
import { describeMissingK6, findK6 } from '../install/find.ts';
import { archiveLoad } from './archive.ts';
import { baseScript } from './baseScript.ts';

async function k6Path(): Promise<string> {
  const k6 = await findK6();
  assert.ok(k6.state === 'found', k6.state === 'missing' ? describeMissingK6(k6) : '');
  return k6.path;
}

const options = {
  baseUrl: 'http://acceptbench-server:8080',
  load: {
    kind: 'constant-arrival-rate',
    ratePerSecond: 325,
    durationSeconds: 2.4,
    warmupSeconds: 1,
    warmupRatePerSecond: 125,
  },
  policy: 'close',
  maxVus: 600,
  runners: 3,
} as const;

test('base/script.yaml has the load script as it is', async () => {
  const written = await readFile(new URL('base/script.yaml', import.meta.url), 'utf8');
  // Not deepEqual: a difference would be printed in full.
  assert.ok(
    written === (await baseScript(await k6Path())),
    'it is stale: npm run cluster:script -w @acceptbench/k6',
  );
});

test('an archive has the load in it, nothing of this machine, and the same bytes from another folder', async (context) => {
  const folder = await mkdtemp(join(tmpdir(), 'acceptbench-elsewhere-'));
  context.after(() => rm(folder, { recursive: true }));
  const k6 = await k6Path();
  const archive = await archiveLoad(k6, options);
  // The scripts are found beside the module.
  const from = fileURLToPath(new URL('..', import.meta.url));
  await cp(from, join(folder, 'k6'), {
    recursive: true,
    filter: (source) => !/node_modules|testdata|schemas|overlays/.test(source),
  });
  await symlink(fileURLToPath(new URL('../../node_modules', import.meta.url)), join(folder, 'node_modules'));
  const other: typeof import('./archive.ts') = await import(
    pathToFileURL(join(folder, 'k6/cluster/archive.ts')).href
  );
  assert.ok(archive.equals(await other.archiveLoad(k6, options)), 'the bytes are the same');

  const files = new Map<string, string>();
  const reading: Promise<void>[] = [];
  const parser = list({
    onReadEntry: (entry) => {
      assert.equal(entry.mtime?.getTime(), 0, entry.path);
      reading.push(entry.concat().then((body) => void files.set(entry.path, body.toString())));
    },
  });
  const ended = new Promise((resolve) => parser.on('end', resolve));
  parser.end(archive);
  await ended;
  await Promise.all(reading);
  const { env, options: worked, pwd, filename } = JSON.parse(files.get('metadata.json') ?? '');
  assert.deepEqual(
    [pwd, filename],
    ['file:///acceptbench/k6', 'file:///acceptbench/k6/constant-arrival-rate.ts'],
  );
  assert.deepEqual([env.RATE, env.RUNNERS, env.BASE_URL], ['325', '3', options.baseUrl]);
  assert.equal(worked.scenarios.measure.timeUnit, '3.076923ms');
  for (const [path, text] of files) {
    assert.doesNotMatch(`${path}${text}`, new RegExp(`${tmpdir()}/|${process.env.HOME ?? '/root'}/`), path);
  }
});

test('what k6 refuses is told in its own words', async () => {
  await assert.rejects(
    archiveLoad(await k6Path(), { ...options, load: { ...options.load, durationSeconds: 0.1 } }),
    /DURATION_SECONDS must be a number from 0.5 to 86400, got \\?"0.1/,
  );
});
