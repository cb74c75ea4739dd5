import assert from 'node:assert/strict';
import { test } from 'node:test';
import { alternate, measurePairs, ratios } from './pairs.ts';

test('the order is reversed from pair to pair', () => {
  assert.deepEqual(alternate(3), [
    ['ours', 'other'],
    ['other', 'ours'],
    ['ours', 'other'],
  ]);
  assert.throws(() => alternate(0), { name: 'RangeError', message: /got 0 pairs/ });
});

test('pairs are measured in that order, one at a time, and each side keeps its own figures', async () => {
  const log: string[] = [];
  let under = 0;
  const pairs = await measurePairs(2, async (side, pair) => {
    under += 1;
    assert.equal(under, 1);
    await new Promise(setImmediate);
    under -= 1;
    log.push(`${side}-${pair}`);
    return `${side}-${pair}`;
  });
  assert.deepEqual(log, ['ours-1', 'other-1', 'other-2', 'ours-2']);
  assert.deepEqual(pairs, [
    { ours: 'ours-1', other: 'other-1' },
    { ours: 'ours-2', other: 'other-2' },
  ]);
});

test('a measurement that fails ends the pairs', async () => {
  const measured: string[] = [];
  await assert.rejects(
    measurePairs(2, async (side) => {
      measured.push(side);
      if (side === 'other') throw new Error('no answer');
      return 1;
    }),
    /no answer/,
  );
  assert.deepEqual(measured, ['ours', 'other']);
});

test('ratios are within a pair', () => {
  assert.deepEqual(
    ratios([
      { ours: 1, other: 2 },
      { ours: 30, other: 10 },
    ]),
    [0.5, 3],
  );
  assert.throws(() => ratios([{ ours: 1, other: 0 }]), { name: 'RangeError', message: /in pair 1/ });
});
