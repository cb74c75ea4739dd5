import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { chmod, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { zipSync } from 'fflate';
import { Header } from 'tar';
import { type EnsureOptions, ensureK6 } from './ensure.ts';
import { describeMissingK6 } from './find.ts';

const linux = { os: 'linux', arch: 'x64' };
const mac = { os: 'darwin', arch: 'arm64' };
const tarName = 'k6-v2.2.0-linux-amd64.tar.gz';
const tarEntry = 'k6-v2.2.0-linux-amd64/k6';
const zipName = 'k6-v2.2.0-macos-arm64.zip';
const zipEntry = 'k6-v2.2.0-macos-arm64/k6';

const fakeK6 = (version: string): Buffer =>
  Buffer.from(`#!/bin/sh\necho "k6 v${version} (go1.26.8, linux/amd64)"\n`);

/** A .tar.gz of the files given, with the paths as they are, even those that no tar program would write. */
function tarGz(files: Readonly<Record<string, Buffer>>): Buffer {
  const blocks = Object.entries(files).flatMap(([path, data]) => {
    const header = Buffer.alloc(512);
    new Header({ path, size: data.length, mode: 0o755, type: 'File', mtime: new Date(0) }).encode(header, 0);
    return [header, data, Buffer.alloc((512 - (data.length % 512)) % 512)];
  });
  return gzipSync(Buffer.concat([...blocks, Buffer.alloc(1024)]));
}

const sha256 = (data: Uint8Array): string => createHash('sha256').update(data).digest('hex');
const checksums = (files: Readonly<Record<string, Uint8Array>>): Buffer =>
  Buffer.from(
    Object.entries(files)
      .map(([name, data]) => `${sha256(data)}  ${name}\n`)
      .join(''),
  );

/** What the release server holds: a file, one whose connection is cut half-way, or one that stalls half-way. */
interface Served {
  readonly data: Buffer;
  readonly fault?: 'cut' | 'stall';
}

describe('a k6 from the release', () => {
  let served: Record<string, Served> = {};
  let folder = '';
  const server = http.createServer((request, response) => {
    const name = request.url?.replace('/v2.2.0/', '') ?? '';
    const file = served[name];
    if (file === undefined) {
      response.writeHead(404).end();
      return;
    }
    response.writeHead(200, { 'content-length': file.data.length });
    if (file.fault === undefined) {
      response.end(file.data);
      return;
    }
    response.write(file.data.subarray(0, file.data.length / 2), () => {
      if (file.fault === 'cut') response.socket?.destroy();
    });
  });

  before(async () => {
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    folder = await mkdtemp(join(tmpdir(), 'acceptbench-k6-'));
  });
  after(async () => {
    server.closeAllConnections();
    server.close();
    await rm(folder, { recursive: true, force: true });
  });

  async function ensure(options: EnsureOptions = {}) {
    const cacheFolder = await mkdtemp(join(folder, 'cache-'));
    const { port } = server.address() as AddressInfo;
    const result = await ensureK6({
      cacheFolder,
      platform: linux,
      ...options,
      env: { PATH: '', K6_SKIP_GO: '1', K6_RELEASE_BASE_URL: `http://127.0.0.1:${port}/`, ...options.env },
    });
    return { result, cacheFolder };
  }

  /** Asserts a refusal with this reason and an empty cache. */
  async function assertRefused(reason: RegExp, options: EnsureOptions = {}): Promise<void> {
    const { result, cacheFolder } = await ensure(options);
    assert.equal(result.state, 'missing');
    const last = result.state === 'missing' ? result.tried.at(-1) : '';
    assert.match(last ?? '', reason);
    assert.match(last ?? '', /^release: /);
    assert.doesNotMatch(last ?? '', /\n/);
    assert.deepEqual(await readdir(cacheFolder), []);
  }

  function serve(name: string, data: Buffer, fault?: 'cut' | 'stall'): void {
    served = {
      [name]: fault === undefined ? { data } : { data, fault },
      'k6-v2.2.0-checksums.txt': { data: checksums({ 'k6-v2.2.0-other.zip': Buffer.of(1), [name]: data }) },
    };
  }

  test('is installed, runs, and is found in the cache afterwards', async () => {
    serve(
      tarName,
      tarGz({ 'k6-v2.2.0-linux-amd64/README': Buffer.from('hello'), [tarEntry]: fakeK6('2.2.0') }),
    );
    const { result, cacheFolder } = await ensure();
    assert.ok(result.state === 'found');
    assert.equal(result.source, 'release');
    assert.equal(result.path, join(cacheFolder, '2.2.0-linux-x64', 'k6'));
    assert.deepEqual(await readFile(result.path), fakeK6('2.2.0'));
    assert.deepEqual(await readdir(cacheFolder), ['2.2.0-linux-x64']);
    served = {};
    const again = await ensure({ cacheFolder });
    assert.equal(again.result.state === 'found' && again.result.source, 'cache');
  });

  test('is installed from a zip where the platform has one', async () => {
    serve(zipName, Buffer.from(zipSync({ [zipEntry]: new Uint8Array(fakeK6('2.2.0')) })));
    const { result, cacheFolder } = await ensure({ platform: mac });
    assert.ok(result.state === 'found');
    assert.equal(result.path, join(cacheFolder, '2.2.0-darwin-arm64', 'k6'));
    assert.deepEqual(await readFile(result.path), fakeK6('2.2.0'));
  });

  test('is refused when it is not the file its release lists', async () => {
    const good = tarGz({ [tarEntry]: fakeK6('2.2.0') });
    serve(tarName, good);
    served[tarName] = {
      data: tarGz({ [tarEntry]: Buffer.concat([fakeK6('2.2.0'), Buffer.from('# evil')]) }),
    };
    await assertRefused(new RegExp(`has the SHA-256 [0-9a-f]{64}, and its release says ${sha256(good)}\\.$`));
  });

  test('is refused when the connection is cut half-way', async () => {
    serve(tarName, tarGz({ [tarEntry]: fakeK6('2.2.0') }), 'cut');
    await assertRefused(/linux-amd64\.tar\.gz: terminated \(/);
  });

  test('is refused when nothing more comes', async () => {
    serve(tarName, tarGz({ [tarEntry]: fakeK6('2.2.0') }), 'stall');
    await assertRefused(/linux-amd64\.tar\.gz: nothing came for 2 s/, { stallMs: 2_000 });
  });

  test('is refused when the release is not there', async () => {
    served = {};
    await assertRefused(/checksums\.txt: the server answered 404 Not Found/);
  });

  test('is refused when the list does not name it', async () => {
    serve('k6-v2.2.0-linux-arm64.tar.gz', tarGz({ [tarEntry]: fakeK6('2.2.0') }));
    await assertRefused(/has no SHA-256 for k6-v2\.2\.0-linux-amd64\.tar\.gz/);
  });

  test('is refused when it is another version, or does not run', async () => {
    serve(tarName, tarGz({ [tarEntry]: fakeK6('2.1.0') }));
    await assertRefused(/is k6 2\.1\.0, not 2\.2\.0/);
    serve(tarName, tarGz({ [tarEntry]: Buffer.from('#!/bin/sh\necho no >&2; exit 3\n') }));
    await assertRefused(/"version" exited with 3: no/);
  });

  test('is refused when the archive is no archive', async () => {
    serve(tarName, Buffer.from('not gzip'));
    await assertRefused(/cannot be unpacked|holds no file/);
    serve(zipName, Buffer.from('not a zip'));
    await assertRefused(/k6-v2\.2\.0-macos-arm64\.zip cannot be unpacked: /, { platform: mac });
  });

  test('never writes outside the cache, whatever the archive names', async () => {
    const evil = Buffer.from('evil');
    serve(tarName, tarGz({ '../../evil': evil, '../k6': fakeK6('2.2.0'), [`${folder}/evil`]: evil }));
    await assertRefused(/holds no file k6-v2\.2\.0-linux-amd64\/k6/);
    serve(tarName, tarGz({ '../../evil': evil, [`${folder}/evil`]: evil, [tarEntry]: fakeK6('2.2.0') }));
    const { result } = await ensure();
    assert.equal(result.state, 'found');
    serve(zipName, Buffer.from(zipSync({ '../../evil': evil, [zipEntry]: new Uint8Array(fakeK6('2.2.0')) })));
    assert.equal((await ensure({ platform: mac })).result.state, 'found');
    assert.equal(existsSync(join(folder, 'evil')), false);
    assert.equal(existsSync(join(folder, '..', 'evil')), false);
  });

  test('is not there for every platform', async () => {
    await assertRefused(/k6 publishes none for freebsd x64/, { platform: { os: 'freebsd', arch: 'x64' } });
  });

  test('leaves nothing when it is interrupted', async () => {
    serve(tarName, tarGz({ [tarEntry]: fakeK6('2.2.0') }), 'stall');
    const cacheFolder = await mkdtemp(join(folder, 'cache-'));
    const interruption = new AbortController();
    const reason = new Error('interrupted');
    server.once('request', () => server.once('request', () => interruption.abort(reason)));
    await assert.rejects(ensure({ cacheFolder, signal: interruption.signal }), reason);
    assert.deepEqual(await readdir(cacheFolder), []);
  });

  test('and every other way failing give one message with each reason and the ways out', async () => {
    served = {};
    const bin = await mkdtemp(join(folder, 'bin-'));
    await writeFile(join(bin, 'k6'), fakeK6('1.4.0'));
    await writeFile(join(bin, 'go'), '#!/bin/sh\necho "missing go.sum entry" >&2; exit 1\n');
    await chmod(join(bin, 'k6'), 0o755);
    await chmod(join(bin, 'go'), 0o755);
    const { result } = await ensure({ env: { PATH: bin, K6_SKIP_GO: '' } });
    assert.ok(result.state === 'missing');
    const message = describeMissingK6(result);
    assert.match(message, /K6_BIN: not set/);
    assert.match(message, /PATH: \S+k6 is version 1\.4\.0, not 2\.2\.0/);
    assert.match(message, /cache: no \S+k6/);
    assert.match(message, /go build: "go build" exited with 1: missing go\.sum entry/);
    assert.match(message, /release: http\S+: the server answered 404/);
    assert.match(message, /set K6_BIN/);
  });

  test('needs no Go: without it, that is said', async () => {
    served = {};
    const { result } = await ensure({ env: { K6_SKIP_GO: '' } });
    assert.ok(result.state === 'missing');
    assert.ok(result.tried.includes('go build: no go on PATH.'));
  });

  test('an interrupted Go build ends its children too', async () => {
    const bin = await mkdtemp(join(folder, 'bin-'));
    const pidFile = join(bin, 'child.pid');
    // A go whose compiler, its child, would go on for a minute.
    await writeFile(
      join(bin, 'go'),
      `#!/bin/sh\n/bin/sleep 60 >/dev/null 2>&1 &\necho $! > ${pidFile}\nwait\n`,
    );
    await chmod(join(bin, 'go'), 0o755);
    const interruption = new AbortController();
    const onProgress = (): void => {
      if (existsSync(pidFile) && readFileSync(pidFile, 'utf8') !== '')
        interruption.abort(new Error('interrupted'));
    };
    const cacheFolder = join(bin, 'cache');
    await mkdir(cacheFolder);
    await assert.rejects(
      ensure({ cacheFolder, env: { PATH: bin, K6_SKIP_GO: '' }, onProgress, signal: interruption.signal }),
      /interrupted/,
    );
    assert.deepEqual(await readdir(cacheFolder), []);
    const child = Number(await readFile(pidFile, 'utf8'));
    const isRunning = (): boolean => {
      try {
        process.kill(child, 0);
        return true;
      } catch {
        return false;
      }
    };
    const deadline = Date.now() + 30_000;
    while (isRunning() && Date.now() < deadline) await new Promise(setImmediate);
    assert.equal(isRunning(), false);
  });
});
