import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { test } from 'node:test';
import { toJsonSchemas } from './jsonSchema.ts';

const folder = new URL('../schema/', import.meta.url);

test('the JSON Schemas in the repository are those of the types (else: npm run schemas -w @acceptbench/results)', () => {
  const made = toJsonSchemas();
  assert.deepEqual(readdirSync(folder).sort(), Object.keys(made).sort());
  for (const [name, text] of Object.entries(made)) {
    assert.equal(readFileSync(new URL(name, folder), 'utf8'), text, name);
  }
});
