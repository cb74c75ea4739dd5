import assert from 'node:assert/strict';
import { it } from 'node:test';
import { toStationarity } from './stationarity.ts';
import { seeded } from './testing/random.ts';

const random = seeded(21);
const thirds = (blocks: number, drift: number, spread: number) =>
  Array.from({ length: blocks }, (_, block) => {
    const process = 4 * Math.exp(0.05 * random.normal());
    return { block, first: process, last: process * (1 + drift) * Math.exp(spread * random.normal()) };
  });

it('says what drifts, what does not, and what it can not know', () => {
  const [drifts, stays, few, noisy] = toStationarity([
    thirds(10, 0.3, 0.02),
    thirds(10, 0, 0.005),
    thirds(5, 0.3, 0.02),
    thirds(10, 0, 0.3),
  ]);
  assert.equal(drifts?.state, 'drifts');
  assert.equal(stays?.state, 'stationary');
  assert.equal(few?.state, 'unknown');
  assert.equal(few?.ratio.state, 'range');
  assert.equal(noisy?.state, 'unknown');
});

it('calls a steady window drifting in 5 % of 1,000 families of four cells at most, and finds 5 % of drift', () => {
  let [wrong, found] = [0, 0];
  for (let run = 0; run < 1000; run += 1) {
    const steady = [1, 2, 3].map(() => thirds(10, 0, 0.04));
    const all = toStationarity([...steady, thirds(10, 0.05, 0.02)], { resamples: 1999 });
    if (all.slice(0, 3).some(({ state }) => state === 'drifts')) wrong += 1;
    if (all[3]?.state === 'drifts') found += 1;
  }
  assert.ok(wrong <= 60, `${wrong} of 1,000`);
  assert.ok(found >= 950, `${found} of 1,000`);
});

it('is empty for no cells', () => {
  assert.deepEqual(toStationarity([]), []);
});
