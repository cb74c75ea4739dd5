import assert from 'node:assert/strict';
import { test } from 'node:test';
import { linearRange } from './range.ts';

test('an axis begins at 0, unless that would press all values together', () => {
  assert.deepEqual(linearRange([0, 750]), { min: 0, max: 750 });
  assert.deepEqual(linearRange([175, 325]), { min: 0, max: 325 });
  assert.deepEqual(linearRange([204.5, 299]), { min: 200, max: 300 });
  assert.deepEqual(linearRange([250, 250]), { min: 0, max: 250 });
});
