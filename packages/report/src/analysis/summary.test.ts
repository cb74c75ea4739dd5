import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { aCell, aFailed, aMeasurement, anInvalid, aValid } from '../testing/builders.ts';
import { aStory } from '../testing/story.ts';
import { summarize, toFigure, toObservedFigure } from './summary.ts';

const cell = aCell();
const completing = (of: typeof cell, block: number, completed: number) =>
  aValid(of, block, aMeasurement(of, undefined, { completed }));

describe('summarize', () => {
  it('takes valid replicates only, and says how many', () => {
    const [summary, ...others] = summarize([
      completing(cell, 1, 240),
      completing(cell, 2, 250),
      completing(cell, 3, 246),
      anInvalid(cell, 4, [{ gate: 'x', reason: 'y' }], aMeasurement(cell, undefined, { completed: 9999 })),
      aFailed(cell, 5, 'it did not start'),
    ]);
    assert.deepEqual(others, []);
    assert.equal(summary?.n, 3);
    assert.deepEqual(summary?.completedPerSecond, { median: 246, min: 240, max: 250, n: 3 });
  });

  it('has no summary for a cell without a valid replicate', () => {
    assert.deepEqual(summarize([aFailed(cell, 1, 'no')]), []);
  });

  it('keeps cells apart, in the order in which they appear', () => {
    const { replicates } = aStory();
    const ids = summarize(replicates).map((summary) => summary.cell.id);
    assert.equal(ids.length, 6);
    assert.equal(ids[0], replicates[0]?.cell.id);
  });

  it("says a figure's own n where some replicates lack it", () => {
    const blind = aMeasurement(cell, { acceptQueue: null, work: 4, process: 1 });
    const [summary] = summarize([completing(cell, 1, 240), aValid(cell, 2, blind)]);
    assert.equal(summary?.queueMean?.n, 1);
    assert.equal(summary?.stagesMs['accept-queue']?.n, 1);
    assert.equal(summary?.stagesMs.work?.n, 2);
    assert.equal(summary?.stagesMs['offload-queue'], undefined);
  });

  it('shows a limit that nobody said as missing', () => {
    const measurement = aMeasurement(cell);
    assert.ok(measurement.acceptQueue !== null);
    const acceptQueue = { ...measurement.acceptQueue, limit: null };
    assert.equal(summarize([aValid(cell, 1, { ...measurement, acceptQueue })])[0]?.queueLimit, null);
  });

  it('never averages percentiles: of an even number, one that was observed', () => {
    const withP99 = (block: number, p99: number) => {
      const measurement = aMeasurement(cell);
      return aValid(cell, block, {
        ...measurement,
        responseTimeMs: { ...measurement.responseTimeMs, p99 },
      });
    };
    const [summary] = summarize([withP99(1, 100), withP99(2, 400)]);
    assert.equal(summary?.responseP99Ms?.median, 400);
  });
});

describe('toFigure', () => {
  it('is the median between the middle two, and null of nothing', () => {
    assert.deepEqual(toFigure([4, 1, 3, 2]), { median: 2.5, min: 1, max: 4, n: 4 });
    assert.equal(toFigure([]), null);
  });

  it('has as many values on either side of the median', () => {
    const values = fc.array(fc.double({ min: -1e12, max: 1e12, noNaN: true }), { minLength: 1 });
    fc.assert(
      fc.property(values, (all) => {
        for (const figure of [toFigure(all), toObservedFigure(all)]) {
          assert.ok(figure !== null);
          const { median } = figure;
          assert.ok(all.filter((value) => value < median).length <= all.length / 2);
          assert.ok(all.filter((value) => value > median).length <= all.length / 2);
          assert.ok(figure.min <= median && median <= figure.max);
        }
        assert.ok(all.includes(toObservedFigure(all)?.median ?? Number.NaN));
      }),
    );
  });
});
