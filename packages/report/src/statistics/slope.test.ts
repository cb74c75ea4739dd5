import assert from 'node:assert/strict';
import { it } from 'node:test';
import { mean } from 'simple-statistics';
import { toSlope } from './slope.ts';
import { assertClose } from './testing/close.ts';
import { seeded } from './testing/random.ts';
import vectors from './testing/vectors.json' with { type: 'json' };

it("is the mean of the blocks' slopes, which are numpy.polyfit's", () => {
  const slope = toSlope(vectors.slope.points);
  assert.ok(slope.state === 'interval' && slope.n === 7);
  assertClose(slope.estimate, mean(vectors.slope.slopes), 1e-12);
  assert.ok(slope.low < 1.07 && 1.07 < slope.high);
  assert.ok(slope.pValues.one <= 0.05 && slope.pValues.zero <= 0.001);
  assert.ok(slope.attenuation !== null && slope.attenuation < 0.001);
});

it('gives the range under six blocks, and nothing where x does not change', () => {
  const points = vectors.slope.points.filter(({ block }) => block <= 3);
  const slope = toSlope(points);
  assert.ok(slope.state === 'range' && slope.n === 3 && slope.min <= slope.median);
  assert.deepEqual(toSlope(points.map((point) => ({ ...point, x: 250 }))), { state: 'none' });
  assert.deepEqual(toSlope([]), { state: 'none' });
  assert.throws(() => toSlope([{ block: 1, x: Number.NaN, y: 1 }]), /got \(NaN, 1\), accepted are finite/);
});

it('keeps 5 % where replicates of a block share what the machine did; points taken as independent do not', () => {
  const random = seeded(11);
  const rates = [20, 40, 60, 80, 100, 120, 140, 160, 180, 200, 220, 240];
  let [byBlocks, asPoints] = [0, 0];
  for (let run = 0; run < 1000; run += 1) {
    const points = Array.from({ length: 10 }, (_, block) => {
      const slow = 1 + 0.05 * random.normal();
      return rates.map((x) => ({ block, x, y: x * slow * (1 + 0.01 * random.normal()) }));
    }).flat();
    const slope = toSlope(points, { resamples: 999 });
    assert.ok(slope.state === 'interval');
    if (slope.low > 1 || slope.high < 1) byBlocks += 1;
    if (Math.abs(studentOfPoints(points, 1)) > 1.98) asPoints += 1;
  }
  assert.ok(byBlocks <= 60, `${byBlocks} of 1,000 by blocks`);
  assert.ok(asPoints > 120, `${asPoints} of 1,000 as points`);
});

/** t of an ordinary least-squares slope over all points, 118 degrees of freedom. */
function studentOfPoints(points: readonly { x: number; y: number }[], against: number): number {
  const [x, y] = [mean(points.map((point) => point.x)), mean(points.map((point) => point.y))];
  const sxx = points.reduce((sum, point) => sum + (point.x - x) ** 2, 0);
  const slope = points.reduce((sum, point) => sum + (point.x - x) * (point.y - y), 0) / sxx;
  const rest = points.reduce((sum, point) => sum + (point.y - y - slope * (point.x - x)) ** 2, 0);
  return (slope - against) / Math.sqrt(rest / (points.length - 2) / sxx);
}
