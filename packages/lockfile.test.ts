import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';

interface Entry {
  readonly version?: string;
  readonly optionalDependencies?: Record<string, string>;
}

test('the lockfile has an entry for every platform’s package: npm ci refuses one that does not', () => {
  const text = readFileSync(new URL('../package-lock.json', import.meta.url), 'utf8');
  const packages: Record<string, Entry> = JSON.parse(text).packages;
  for (const [path, { optionalDependencies = {} }] of Object.entries(packages)) {
    for (const name of Object.keys(optionalDependencies)) {
      const entry = packages[`node_modules/${name}`] ?? packages[`${path}/node_modules/${name}`];
      assert.notEqual(entry?.version, undefined, `${name}, which ${path} may want on another platform`);
    }
  }
});
