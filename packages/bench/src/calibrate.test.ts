import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { calibrate, calibrateWorks, timeAgain } from './calibrate.ts';

/** A machine on which an iteration takes so many ns, and the first calls three times as long. */
function machine(nsPerIteration: number, slowCalls: number) {
  let ms = 0;
  let calls = 0;
  return {
    now: () => ms,
    run: (iterations: number) => {
      calls += 1;
      ms += (iterations * nsPerIteration * (calls <= slowCalls ? 3 : 1)) / 1e6;
    },
  };
}

test('finds the iterations that take the target, whatever the machine and its warm-up', () => {
  const anyMachine = fc.record({
    nsPerIteration: fc.double({ min: 0.3, max: 100, noNaN: true }),
    slowCalls: fc.integer({ min: 0, max: 15 }),
    targetMs: fc.double({ min: 1, max: 20, noNaN: true }),
  });
  fc.assert(
    fc.property(anyMachine, ({ nsPerIteration, slowCalls, targetMs }) => {
      const { now, run } = machine(nsPerIteration, slowCalls);
      const found = calibrate({ kind: 'wasm', targetMs, now, run, budgetMs: 1000 });
      const takesMs = (found.iterations * nsPerIteration) / 1e6;
      assert.ok(Math.abs(takesMs / targetMs - 1) < 0.01, `${takesMs} ms for ${targetMs}`);
      assert.ok(Math.abs(found.medianMs / targetMs - 1) < 0.01);
      assert.equal(found.iqrMs < 1e-6, true);
    }),
  );
});

test('work is timed again as a multiple of what it took, and what is busy for a while is not taken for slower', () => {
  const known = { kind: 'wasm', iterations: 4e6, medianMs: 4 } as const;
  for (const factor of [0.5, 1, 1.08, 3]) {
    const { now, run } = machine(factor, 0);
    assert.ok(Math.abs(timeAgain(known, { now, run, budgetMs: 200 }) / factor - 1) < 1e-9);
  }
  let ms = 0;
  const run = (iterations: number) => {
    ms += (iterations / 1e6) * (ms < 700 ? 5 : 1);
  };
  assert.equal(timeAgain(known, { now: () => ms, run, budgetMs: 300 }), 1);
});

test('a machine that is busy while it is timed first is timed again', () => {
  // Everything takes eight times as long in the first 350 ms: the first round, and a little of the next.
  let ms = 0;
  const run = (iterations: number) => {
    ms += (iterations / 1e6) * (ms < 350 ? 8 : 1);
  };
  const found = calibrate({ kind: 'wasm', targetMs: 4, now: () => ms, run, budgetMs: 300 });
  assert.ok(Math.abs(found.iterations / 4e6 - 1) < 0.02, `${found.iterations}`);
  assert.ok(Math.abs(found.medianMs / 4 - 1) < 0.02, `${found.medianMs}`);
});

test('a work that is known is timed and not changed; another one is calibrated', () => {
  const known = { kind: 'wasm' as const, targetMs: 4, iterations: 12_345, medianMs: 1000, iqrMs: 1, n: 1 };
  const works = [
    { kind: 'wasm' as const, targetMs: 4 },
    { kind: 'wasm' as const, targetMs: 0.5 },
    { kind: 'none' as const },
  ];
  const [same, other, ...none] = calibrateWorks(works, () => performance.now(), [known]);
  assert.equal(same?.iterations, 12_345);
  assert.ok((same?.medianMs ?? 0) > 0 && (same?.medianMs ?? 0) < 1000);
  assert.notEqual(other?.iterations, 12_345);
  assert.deepEqual(none, []);
});
