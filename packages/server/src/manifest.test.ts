import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { parseManifest, startCommand } from './manifest.ts';

const valid = {
  name: 'mine',
  runtime: 'deno',
  command: ['deno', 'run', '--allow-net={host}', '--allow-env={variables}', 'main.ts'],
  versionCommand: ['deno', '--version'],
  apis: ['native'],
  topologies: ['inline'],
};

test('the manifests of our own servers are read like anybody’s', () => {
  for (const runtime of ['node', 'bun', 'deno']) {
    const text = readFileSync(new URL(`../../../servers/${runtime}/server.json`, import.meta.url), 'utf8');
    assert.equal(parseManifest(JSON.parse(text)).name, runtime);
  }
});

test('placeholders are filled in', () => {
  const [, , net, env] = startCommand(parseManifest(valid), '127.0.0.1', 'inline');
  assert.equal(net, '--allow-net=127.0.0.1');
  assert.equal(startCommand(parseManifest(valid), 'a b', 'inline')[2], net, 'the server is to refuse it');
  assert.match(env ?? '', /^--allow-env=HOST,PORT,METRICS_PORT,/);
});

test('a topology may have a command of its own', () => {
  const manifest = parseManifest({ ...valid, commandFor: { prefork: ['deno', 'serve', '{host}'] } });
  assert.deepEqual(startCommand(manifest, '::1', 'prefork'), ['deno', 'serve', '[::1]']);
  assert.equal(startCommand(manifest, '::1', 'inline')[1], 'run');
  assert.throws(
    () => parseManifest({ ...valid, commandFor: { fork: ['x'] } }),
    /^TypeError: commandFor: got/,
  );
});

test('a bad field is named with what it got and what it takes', () => {
  const bad: [object, RegExp][] = [
    [{ name: undefined }, /^name: got nothing, accepted is up to 64/],
    [{ name: '../x' }, /^name: got "..\/x"/],
    [{ command: [] }, /^command: got \[\], accepted is a program and its arguments/],
    [{ command: 'node main.ts' }, /^command: got "node main.ts"/],
    [{ topologies: ['inlin'] }, /^topologies: got \["inlin"\], accepted is a list of inline, offload/],
    [{ port: 80 }, /^port: got 80, accepted is no such field; accepted are name/],
  ];
  for (const [change, message] of bad) {
    assert.throws(() => parseManifest({ ...valid, ...change }), { name: 'TypeError', message });
  }
  assert.throws(() => parseManifest(null), /^TypeError: name: got nothing/);
});
