import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Replicate } from '@acceptbench/results/replicate';
import { aCell, aMeasurement, anInvalid, aRun, aValid } from '../../testing/builders.ts';
import { toComparisons } from '../comparisons.ts';
import { toContext } from '../context.ts';
import { forestChart } from './forest.ts';

/** Node, Bun, and others of which no replicate is valid. */
function chartOf(others: number) {
  const invalid = Array.from({ length: others }, (_, index) => aCell({ runtime: `other${index}` }));
  const valid = [aCell({ runtime: 'node' }), aCell({ runtime: 'bun' })];
  const replicates: Replicate[] = [
    ...valid.map((cell) => aValid(cell, 1, aMeasurement(cell))),
    ...invalid.map((cell) => anInvalid(cell, 1, [{ gate: 'g', reason: 'a reason' }])),
  ];
  const context = toContext(aRun([...valid, ...invalid]), replicates);
  const [group] = context.groups;
  assert.ok(group !== undefined);
  const chart = forestChart(context, toComparisons(context), group, 'mean');
  assert.ok(chart?.drawing.kind === 'dots');
  return { ...chart, rows: chart.drawing.rows };
}

describe('forestChart', () => {
  it('shows a cell without a valid replicate as such, and does not call it inconclusive', () => {
    const { rows, finding, table } = chartOf(1);
    assert.deepEqual(
      rows.map(({ label, value, aside }) => [label, value === null, aside]),
      [
        ['bun / node', false, '~ inconclusive'],
        ['other0 / node', true, '✗ invalid'],
      ],
    );
    assert.equal(
      finding,
      'Inconclusive: bun / node (6 blocks are needed for a verdict). Without a valid replicate of both: other0 / node.',
    );
    assert.equal(table.rows.length, 2);
  });

  it('counts them where they are many, and has them in its table', () => {
    const { rows, finding, table } = chartOf(20);
    assert.deepEqual(
      rows.map(({ label }) => label),
      ['bun / node'],
    );
    assert.match(finding, /Without a valid replicate of both: 20 of 21\./);
    assert.equal(table.rows.length, 21);
  });
});
