import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { chmod, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { findK6, UnusableK6BinError } from './find.ts';
import { cachedBinary, thisPlatform } from './platform.ts';
import { K6_VERSION, parseK6Version } from './version.ts';

describe('finding k6', () => {
  let folder = '';
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'acceptbench-find-'));
  });
  after(() => rm(folder, { recursive: true, force: true }));

  async function fakeK6(file: string, version: string): Promise<string> {
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, `#!/bin/sh\necho "k6 v${version} (go1.26.8, linux/amd64)"\n`);
    await chmod(file, 0o755);
    return file;
  }

  /** All three places, each with a k6 of its own. */
  async function places(pathVersion = K6_VERSION) {
    const root = await mkdtemp(join(folder, 'places-'));
    const cacheFolder = join(root, 'cache');
    return {
      variable: await fakeK6(join(root, 'mine', 'k6'), '2.9.1'),
      path: await fakeK6(join(root, 'bin', 'k6'), pathVersion),
      cache: await fakeK6(cachedBinary(cacheFolder, thisPlatform), K6_VERSION),
      cacheFolder,
    };
  }

  test('K6_BIN comes first, then PATH, then the cache', async () => {
    const { variable, path, cache, cacheFolder } = await places();
    const PATH = dirname(path);
    assert.deepEqual(await findK6({ env: { K6_BIN: variable, PATH }, cacheFolder }), {
      state: 'found',
      path: variable,
      version: '2.9.1',
      source: 'K6_BIN',
      skipped: [],
    });
    const onPath = await findK6({ env: { PATH: `relative:${join(folder, 'none')}:${PATH}` }, cacheFolder });
    assert.equal(onPath.state === 'found' && onPath.path, path);
    const cached = await findK6({ env: { PATH: '' }, cacheFolder });
    assert.equal(cached.state === 'found' && cached.path, cache);
  });

  test('another version on PATH is passed over, and that is said', async () => {
    const { path, cacheFolder, cache } = await places('1.4.0');
    const found = await findK6({ env: { PATH: dirname(path) }, cacheFolder });
    assert.ok(found.state === 'found');
    assert.equal(found.path, cache);
    assert.deepEqual(found.skipped, [`PATH: ${path} is version 1.4.0, not ${K6_VERSION}.`]);
  });

  test('a K6_BIN that is set but cannot be used is an error, whatever else is there', async () => {
    const { path, cacheFolder } = await places();
    const old = await fakeK6(join(folder, 'old', 'k6'), '1.4.0');
    const wrong: readonly (readonly [string, RegExp])[] = [
      [join(folder, 'nowhere'), /K6_BIN is "\S+nowhere", which is not an executable file\. It must be/],
      [folder, /is not an executable file/],
      [old, /is k6 1\.4\.0/],
      [process.execPath, /"version" exited with 1/],
    ];
    for (const [K6_BIN, message] of wrong) {
      await assert.rejects(findK6({ env: { K6_BIN, PATH: dirname(path) }, cacheFolder }), (error) => {
        assert.ok(error instanceof UnusableK6BinError);
        assert.match(error.message, message);
        return true;
      });
    }
  });

  test('nothing anywhere is "missing", with what was tried', async () => {
    const cacheFolder = join(folder, 'empty');
    const missing = await findK6({ env: {}, cacheFolder });
    assert.deepEqual(missing, {
      state: 'missing',
      tried: [
        'K6_BIN: not set.',
        'PATH: no k6 on it.',
        `cache: no ${cachedBinary(cacheFolder, thisPlatform)}.`,
      ],
    });
  });
});

test('go.mod pins the version of this package', async () => {
  const goMod = await readFile(new URL('../go.mod', import.meta.url), 'utf8');
  assert.match(goMod, new RegExp(`^\\tgo\\.k6\\.io/k6/v2 v${K6_VERSION.replaceAll('.', '\\.')}( |$)`, 'm'));
  assert.match(goMod, /^tool go\.k6\.io\/k6\/v2$/m);
});

test('the version is read from what k6 prints, with extensions or without', () => {
  assert.equal(parseK6Version('k6 v2.2.0 (go1.26.8, linux/amd64)\n'), '2.2.0');
  assert.equal(
    parseK6Version('k6.exe v2.2.0 (commit/abc, go1.26.8, windows/amd64)\r\nExtensions:\n'),
    '2.2.0',
  );
  assert.equal(parseK6Version('k6 v2.3.0-rc1 (go1.26.8, linux/amd64)\n'), '2.3.0-rc1');
  assert.equal(parseK6Version('curl 8.0.0'), undefined);
});

describe('the setup command', () => {
  const cli = fileURLToPath(new URL('cli.ts', import.meta.url));
  const run = (args: readonly string[], env: Record<string, string>) =>
    spawnSync(process.execPath, [cli, ...args], { encoding: 'utf8', env: { ...process.env, ...env } });

  test('says in one line which k6 is used and from where', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'acceptbench-cli-'));
    const file = join(folder, 'k6');
    await writeFile(file, '#!/bin/sh\necho "k6 v2.2.0 (x)"\n');
    await chmod(file, 0o755);
    const result = run([], { K6_BIN: file });
    await rm(folder, { recursive: true });
    assert.deepEqual(
      [result.stdout, result.stderr, result.status],
      [`k6 2.2.0 from K6_BIN: ${file}\n`, '', 0],
    );
  });

  test('exits with 1 and one line for a bad K6_BIN, with 2 for an argument it does not have', () => {
    const bad = run([], { K6_BIN: '/nowhere/k6' });
    assert.equal(bad.status, 1);
    assert.match(bad.stderr, /^K6_BIN is "\/nowhere\/k6", which is not an executable file\..*\n$/);
    assert.equal(run(['--force'], {}).status, 2);
    assert.match(run(['--help'], {}).stdout, /K6_RELEASE_BASE_URL/);
  });
});
