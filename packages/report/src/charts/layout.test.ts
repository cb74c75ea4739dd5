import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { fontSize, upTo, widthOf } from './layout.ts';

describe('upTo', () => {
  it('ends at or just above the value, in equal parts of which the last ends there', () => {
    fc.assert(
      fc.property(fc.double({ min: 1e-5, max: 1e12, noNaN: true }), (value) => {
        const { max, interval = 0 } = upTo(value);
        assert.ok(max >= value * (1 - 1e-9) && max <= value * 1.67, `${value}: ${max}`);
        const parts = max / interval;
        assert.ok(
          Math.abs(parts - Math.round(parts)) < 1e-9 && parts >= 3 && parts <= 5,
          `${max}: ${interval}`,
        );
      }),
    );
  });

  it('has an axis for nothing at all, and leaves the ticks of one that begins elsewhere', () => {
    for (const value of [0, -1, Number.NaN, Number.POSITIVE_INFINITY]) assert.equal(upTo(value).max, 1);
    assert.deepEqual(upTo(2.4, -2), { max: 2.5 });
  });

  it('has equal parts above a round number as well', () => {
    assert.deepEqual(upTo(300, 200), { max: 300, interval: 20 });
    assert.deepEqual(upTo(0.4, 0.3), { max: 0.4, interval: 0.02 });
    assert.deepEqual(upTo(270, 200), { max: 280, interval: 20 });
  });
});

describe('widthOf', () => {
  it('has wide characters as wide as they are high, by which ECharts tells the height of a line', () => {
    assert.equal(widthOf('国'), fontSize);
    assert.ok(widthOf('deno inline') > 6 * 'deno inline'.length);
  });
});
