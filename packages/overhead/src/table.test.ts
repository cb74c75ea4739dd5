import assert from 'node:assert/strict';
import { test } from 'node:test';
import { toFigure } from './figure.ts';
import { formatNumber, renderResult } from './table.ts';

test('numbers have three digits, and all of their whole ones', () => {
  const expected: [number, string][] = [
    [0, '0.000'],
    [0.0476, '0.048'],
    [0.9534, '0.953'],
    [1, '1.00'],
    [12.345, '12.3'],
    [999.4, '999'],
    [140_211.4, '140,211'],
    [-2.5, '-2.50'],
  ];
  for (const [value, text] of expected) assert.equal(formatNumber(value), text);
  assert.throws(() => formatNumber(Number.NaN), { name: 'RangeError', message: /got NaN/ });
});

test('a result is a Markdown table with unit, n, median and range; p99 only where there are values for it', () => {
  const many = Array.from({ length: 101 }, (_, index) => index);
  const text = renderResult({
    benchmark: 'example',
    about: 'What it is.',
    figures: [toFigure('ratio of two', 'ratio', [0.9, 1, 0.8]), toFigure('many', 'ms', many)],
    notes: ['One.', 'Two.'],
  });
  assert.equal(
    text,
    [
      '## example',
      '',
      'What it is.',
      '',
      '| what         | unit  |   n | median |  p99 | lowest … highest |',
      '| ------------ | ----- | --: | -----: | ---: | ---------------: |',
      '| ratio of two | ratio |   3 |  0.900 |      |     0.800 … 1.00 |',
      '| many         | ms    | 101 |   50.0 | 99.0 |      0.000 … 100 |',
      '',
      '- One.',
      '- Two.',
    ].join('\n'),
  );
});
