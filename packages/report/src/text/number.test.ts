import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { absent, formatFigure, formatNumber, formatRatio } from './number.ts';

describe('formatNumber', () => {
  it('shows three digits or so', () => {
    const shown = [246.4, 24.64, 2.464, 0.0246, 512, 1_048_576, -0.4].map(formatNumber);
    assert.deepEqual(shown, ['246', '24.6', '2.46', '0.02', '512', '1048576', '-0.40']);
  });

  it('has no negative zero, and no long figure', () => {
    assert.equal(formatNumber(-0.001), '0');
    assert.equal(formatNumber(-0), '0');
    assert.equal(formatNumber(1.26e12), '1.3e12');
  });

  it('shows what is missing or not a number as missing, never as zero', () => {
    for (const value of [null, undefined, Number.NaN, Number.POSITIVE_INFINITY]) {
      assert.equal(formatNumber(value), absent);
    }
  });
});

describe('formatFigure', () => {
  it('has the range where it is seen in the digits', () => {
    assert.equal(formatFigure({ median: 246, min: 245, max: 247.2, n: 3 }), '246 (245–247)');
    assert.equal(formatFigure({ median: 246.1, min: 246, max: 246.2, n: 3 }), '246');
    assert.equal(formatFigure(null), absent);
  });
});

describe('formatRatio', () => {
  it('has two decimals', () => {
    assert.equal(formatRatio(1), '1.00');
    assert.equal(formatRatio(20.974), '21.0');
    assert.equal(formatRatio(2.5e9), '2.5e9');
  });
});
