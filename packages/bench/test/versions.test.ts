/** Runtimes of other versions, from a registry that this test is: npm asks it as it would ask any that is configured. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { platformPackage, thisHost } from '../src/versions/platformPackage.ts';
import { cli, readResults, resultsFolder } from './cli.ts';

const host = thisHost();
const found = platformPackage('node', host);
const linux = { skip: (process.platform !== 'linux' || found === null) && 'where npm has Node for Linux' };

/** A package like the one that npm has: its program says another version, and is the pinned Node otherwise. */
function packed(context: TestContext, version: string): Buffer {
  const folder = mkdtempSync(join(tmpdir(), 'acceptbench-package-'));
  context.after(() => rmSync(folder, { recursive: true }));
  const program = join(folder, 'package', found?.program ?? '');
  mkdirSync(dirname(program), { recursive: true });
  writeFileSync(
    program,
    `#!/bin/sh\nif [ "$1" = --version ]; then echo v${version}; else exec ${process.execPath} "$@"; fi\n`,
  );
  chmodSync(program, 0o755);
  writeFileSync(join(folder, 'package', 'package.json'), JSON.stringify({ name: found?.name, version }));
  execFileSync('tar', ['-czf', 'it.tgz', 'package'], { cwd: folder });
  return readFileSync(join(folder, 'it.tgz'));
}

/** A registry with these versions of Node; `tampered` is sent with another byte than its integrity says. */
async function registry(context: TestContext, versions: readonly string[], tampered: readonly string[] = []) {
  const tarballs = new Map(versions.map((version) => [version, packed(context, version)]));
  const asked: string[] = [];
  const server = createServer((request, response) => {
    const url = request.url ?? '';
    asked.push(url);
    const version = /-(\d+\.\d+\.\d+)\.tgz$/.exec(url)?.[1];
    const tarball = tarballs.get(version ?? '');
    if (version !== undefined && tarball !== undefined) {
      const sent = Buffer.from(tarball);
      if (tampered.includes(version)) sent.writeUInt8(sent.readUInt8(sent.length - 1) ^ 1, sent.length - 1);
      response.end(sent);
    } else if (url === `/${found?.name}`) {
      const base = `http://${request.headers.host}`;
      const described = [...tarballs].map(([each, bytes]) => {
        const integrity = `sha512-${createHash('sha512').update(bytes).digest('base64')}`;
        const dist = { tarball: `${base}/${found?.name}/-/${found?.name}-${each}.tgz`, integrity };
        return [each, { name: found?.name, version: each, dist }];
      });
      response.setHeader('content-type', 'application/json');
      response.end(
        JSON.stringify({
          name: found?.name,
          'dist-tags': { latest: versions.at(-1) },
          versions: Object.fromEntries(described),
        }),
      );
    } else {
      response.writeHead(404).end('{}');
    }
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  context.after(() => server.close());
  const address = server.address();
  assert.ok(address !== null && typeof address === 'object');
  const cache = mkdtempSync(join(tmpdir(), 'acceptbench-runtimes-'));
  context.after(() => rmSync(cache, { recursive: true }));
  const env = {
    npm_config_registry: `http://127.0.0.1:${address.port}/`,
    npm_config_cache: join(cache, 'npm'),
    ACCEPTBENCH_RUNTIMES: join(cache, 'runtimes'),
  };
  return { env, asked, runtimes: env.ACCEPTBENCH_RUNTIMES };
}

const runOf = (results: string, runtimes: string) => [
  'run',
  '--experiment=smoke',
  '--retries=0',
  `--runtime=${runtimes}`,
  '--results',
  results,
];

test(
  'a version is fetched once, by the registry that npm is set up for, and its server runs on it',
  linux,
  async (context) => {
    const { env, asked, runtimes } = await registry(context, ['98.1.0', '98.9.0', '98.10.2', '99.0.0']);
    const results = resultsFolder(context);
    const { stdout, stderr } = await cli(context, runOf(results, 'node@98'), env);
    const { run, replicates } = readResults(results);
    assert.match(stdout, /^fetching node 98\.10\.2 \(node\S* from npm\) …$/m, stderr);
    assert.equal(run.environment.versions['node@98.10.2'], '98.10.2');
    assert.deepEqual(
      replicates.map(({ cell, outcome }) => [cell.runtime, cell.id.split('-')[0], outcome === 'failed']),
      [['node@98.10.2', 'node@98.10.2', false]],
    );
    assert.equal(asked.filter((url) => url.endsWith('.tgz')).length, 1);
    assert.deepEqual(readdirSync(runtimes), [`node-98.10.2-${host.platform}-${host.arch}`]);

    // From now on it needs no registry, and the pinned version never does.
    const { node } = process.versions;
    const offline = {
      ...env,
      npm_config_registry: 'http://127.0.0.1:9/',
      npm_config_cache: join(runtimes, '..', 'empty'),
    };
    const again = resultsFolder(context);
    const second = await cli(
      context,
      [...runOf(again, `node@98.10.2,node@${node}`), '--start-timeout=5'],
      offline,
    );
    assert.doesNotMatch(second.stdout, /fetching/);
    assert.deepEqual(readResults(again).run.environment.versions[`node@${node}`], node, second.stderr);
    const unknown = await cli(context, runOf(again, 'node@98.9.0'), offline);
    assert.equal(unknown.code, 1);
    assert.match(
      unknown.stderr,
      /^can't fetch node\S* 98\.9\.0: .*ECONNREFUSED.*Without a version the pinned runtime is run/,
    );
  },
);

test('what is not what the registry says is refused, and nothing is left of it', linux, async (context) => {
  const { env, runtimes } = await registry(context, ['98.1.0', '98.2.0'], ['98.2.0']);
  const results = resultsFolder(context);
  const { code, stderr } = await cli(context, runOf(results, 'node@98.2.0'), env);
  assert.equal(code, 1);
  assert.match(stderr, /^can't fetch node\S* 98\.2\.0: .*(EINTEGRITY|integrity)/);
  assert.deepEqual(existsSync(runtimes) ? readdirSync(runtimes) : [], []);
  mkdirSync(join(runtimes, `node-98.1.0-${host.platform}-${host.arch}`, 'half'), { recursive: true });
  const half = await cli(context, runOf(results, 'node@98.1.0'), env);
  assert.equal(half.code, 1);
  assert.match(half.stderr, /^can't place node 98\.1\.0: \S+ is not whole; remove it$/m);
  const absent = await cli(context, runOf(results, 'node@97'), env);
  assert.equal(absent.code, 2);
  assert.match(absent.stderr, /^runtime "node@97": npm has no release of node\S* that begins with 97/);
  assert.throws(() => readResults(results), /expected one run/);
});
