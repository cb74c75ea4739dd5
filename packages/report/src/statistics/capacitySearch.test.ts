import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import type { SearchStep } from './capacityBelief.ts';
import { nextStep } from './capacitySearch.ts';
import { seeded } from './testing/random.ts';
import { campaign, knownCapacity, passes, search, serviceMs } from './testing/searches.ts';

describe('nextStep without noise', () => {
  const upTo = (capacity: number) => (rate: number) => rate <= capacity;

  it('brackets, bisects, and repeats at the highest rate that passed and 5 % above it', () => {
    const purposes: string[] = [];
    const history: SearchStep[] = [];
    for (let move = nextStep([], { guessPerSecond: 225 }); move.state === 'step'; ) {
      purposes.push(move.purpose);
      history.push({ ratePerSecond: move.ratePerSecond, passed: move.ratePerSecond <= 240 });
      move = nextStep(history, { guessPerSecond: 225 });
    }
    assert.deepEqual([...new Set(purposes)], ['bracket', 'bisect', 'above', 'repeat']);
    assert.equal(history[0]?.ratePerSecond, 225);
  });

  it('finds any capacity in range within 3 %, in at most 14 steps, wherever it begins', () => {
    const share = fc.double({ min: 0.26, max: 3.9, noNaN: true });
    fc.assert(
      fc.property(share, fc.double({ min: 0.5, max: 1e5, noNaN: true }), (ofGuess, guessPerSecond) => {
        const capacity = ofGuess * guessPerSecond;
        const { end, history } = search(upTo(capacity), { guessPerSecond });
        assert.ok(end.state === 'found');
        assert.equal(end.n, history.length);
        assert.ok(Math.abs(end.capacityPerSecond / capacity - 1) <= 0.03);
        assert.ok(end.lowPerSecond <= capacity && capacity <= end.highPerSecond);
        assert.ok(end.passing !== null && end.passing.ratePerSecond <= capacity);
      }),
    );
  });

  it('confirms what is near the guess', () => {
    for (const capacity of [200, 225, 230, 248, 250, 280]) {
      const { end } = search(upTo(capacity), { guessPerSecond: 225 });
      assert.ok(end.state === 'found' && end.isConfirmed && end.passing !== null && end.above !== null);
      assert.ok(end.passing.passed >= 2 && end.above.failed >= 2);
      assert.ok(Math.abs(end.above.ratePerSecond / end.passing.ratePerSecond - 1.05) < 1e-4);
    }
  });

  it('says when nothing in range passes, or fails, after having looked twice', () => {
    const never = search(() => false, { guessPerSecond: 225, lowestPerSecond: 50 });
    assert.deepEqual(never.end, { state: 'never-passes', lowestPerSecond: 50, n: never.history.length });
    assert.deepEqual(
      never.history.slice(-2).map(({ ratePerSecond }) => ratePerSecond),
      [50, 50],
    );
    const always = search(() => true, { guessPerSecond: 225, highestPerSecond: 400 });
    assert.deepEqual(always.end, { state: 'never-fails', highestPerSecond: 400, n: always.history.length });
  });
});

describe('nextStep', () => {
  it('ends in as many steps as it may take, within its range, whatever the steps say', () => {
    const answers = fc.array(fc.boolean(), { minLength: 14, maxLength: 14 });
    fc.assert(
      fc.property(answers, fc.integer({ min: 1, max: 14 }), (passed, maxSteps) => {
        const { end, history } = search(() => passed.pop() ?? true, { guessPerSecond: 225, maxSteps });
        assert.ok(history.length <= maxSteps);
        assert.ok(history.every(({ ratePerSecond }) => ratePerSecond >= 28.125 && ratePerSecond <= 1800));
        if (end.state === 'found') {
          assert.ok(end.lowPerSecond <= end.capacityPerSecond && end.capacityPerSecond <= end.highPerSecond);
        }
      }),
    );
  });

  it('goes on from stored steps as if it had never stopped', () => {
    const { history } = search((rate) => rate <= 231, { guessPerSecond: 225 });
    for (const [index, step] of history.entries()) {
      const stored: SearchStep[] = JSON.parse(JSON.stringify(history.slice(0, index)));
      const move = nextStep(stored, { guessPerSecond: 225 });
      assert.ok(move.state === 'step' && move.ratePerSecond === step.ratePerSecond);
    }
  });

  it('names a guess that is out of range', () => {
    assert.throws(() => nextStep([], { guessPerSecond: 0 }), /got a guess of 0\/s/);
    assert.throws(
      () => nextStep([], { guessPerSecond: 5, lowestPerSecond: 6 }),
      /got a guess of 5\/s between 6/,
    );
  });
});

describe('the search against a simulated queue, p99 at most 50 ms, 4 ms of work', () => {
  for (const windowSeconds of [2.4, 10]) {
    const after = (of: { spread: number; disturbed: number }, searches: number, seed: number) =>
      campaign({ searches, windowSeconds, ...of }, seeded(seed));

    describe(`windows of ${windowSeconds} s`, () => {
      it('passes just below what the queue takes for ever, and fails just above, though the queue is short by then', () => {
        const at = (ofCapacity: number) =>
          passes(knownCapacity * ofCapacity, windowSeconds, serviceMs, seeded(1));
        assert.deepEqual([0.9, 0.99, 0.999, 1.011, 1.019, 1.05].map(at), [
          true,
          true,
          true,
          false,
          false,
          false,
        ]);
      });

      it('is within 3 % in 14 steps at most, leaning to no side, in 95 % of 200 searches with a spread of 2 %', () => {
        const { within, covered, steps, median } = after({ spread: 0.02, disturbed: 0 }, 200, 6);
        assert.ok(steps <= 14);
        assert.ok(within >= 0.95, `within 3 % in ${within}`);
        assert.ok(covered >= 0.95, `covered in ${covered}`);
        assert.ok(Math.abs(median - 1) < 0.01, `the median is ${median} of the capacity`);
      });

      it('outvotes steps that were disturbed: one in fifty fails whatever the rate', () => {
        const { within, covered, confirmed } = after({ spread: 0.015, disturbed: 0.02 }, 200, 7);
        assert.ok(within >= 0.93, `within 3 % in ${within}`);
        assert.ok(covered >= 0.93, `covered in ${covered}`);
        assert.ok(confirmed >= 0.85, `confirmed in ${confirmed}`);
      });

      it('says in its interval that more spread leaves more doubt', () => {
        const { within, covered } = after({ spread: 0.055, disturbed: 0 }, 150, 8);
        assert.ok(within < 0.9, `within 3 % in ${within}`);
        assert.ok(covered >= 0.85, `covered in ${covered}`);
      });
    });
  }
});
