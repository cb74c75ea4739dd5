import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { createWork, formatWork, parseWork } from './work.ts';

test('the wasm kernel gives the sequence that Numerical Recipes prints for its generator from seed 0', () => {
  const published = [0x3c6ef35f, 0x47502932, 0xd1ccf6e9, 0xaaf95334, 0x6252e503, 0x9f2ec686, 0x57fe6c2d];
  published.forEach((expected, index) => {
    assert.equal(createWork({ kind: 'wasm', iterations: index + 1 })().count, expected);
  });
});

test('the wasm kernel agrees with the same generator in JavaScript', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 10_000 }), (iterations) => {
      let state = 0;
      for (let turn = 0; turn < iterations; turn += 1) state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
      assert.equal(createWork({ kind: 'wasm', iterations })().count, state);
    }),
  );
});

test("format gives the article's result", () => {
  // 10 + the lengths of "Value: 0" to "Value: 4999": 5000 × 7 for the prefix, and the digits of 0 to 4999.
  const digits = 10 * 1 + 90 * 2 + 900 * 3 + 4000 * 4;
  assert.deepEqual(createWork({ kind: 'format', iterations: 5000 })(), {
    street: '10 Downing Street',
    city: 'Value: 4999',
    count: 10 + 5000 * 7 + digits,
  });
});

test('none does nothing and says so', () => {
  assert.equal(createWork({ kind: 'none', iterations: 0 })().count, 0);
});

test('a kind of work and its text are each other’s inverse', () => {
  const texts = fc.oneof(
    fc.constant('none'),
    fc
      .tuple(fc.constantFrom('format', 'wasm'), fc.integer({ min: 1, max: 2_147_483_647 }))
      .map(([kind, iterations]) => `${kind}:${iterations}`),
  );
  fc.assert(fc.property(texts, (text) => assert.equal(formatWork(parseWork(text)), text)));
});

test('any other text is refused in a line that says what is accepted', () => {
  for (const text of [
    '',
    'wasm',
    'wasm:',
    'wasm:0',
    'wasm:-1',
    'wasm:1.5',
    'wasm:2147483648',
    'none:1',
    'sleep:4',
    'format: 1',
  ]) {
    assert.throws(() => parseWork(text), {
      name: 'RangeError',
      message: /^got ".*", accepted are none, format:N and wasm:N/,
    });
  }
});
