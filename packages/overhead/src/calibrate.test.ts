import assert from 'node:assert/strict';
import { test } from 'node:test';
import { wasmFor } from './calibrate.ts';

test('the iterations are those of the shortest call, scaled to the target', () => {
  // A clock by which calls take 2 ms, and every other one 3 ms.
  let reading = 0;
  let at = 0;
  const now = () => {
    reading += 1;
    if (reading % 2 === 0) at += reading % 4 === 0 ? 3 : 2;
    return at;
  };
  assert.equal(wasmFor(4, now), 'wasm:2000000');
});
