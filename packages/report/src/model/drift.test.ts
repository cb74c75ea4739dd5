import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Run } from '@acceptbench/results/run';
import { renderMarkdown } from '../markdown.ts';
import { aCell, aMeasurement, aRun, aValid } from '../testing/builders.ts';
import { toContext } from './context.ts';
import { toDrift } from './drift.ts';
import { toReportModel } from './report-model.ts';

const inline = aCell();
const offload = aCell({ topology: 'offload' });

/** Blocks whose last third takes `factor` as long as the first, but for a little of either sign. */
const blocks = (cell: typeof inline, factor: number, count = 8) =>
  Array.from({ length: count }, (_, index) => {
    const last = 4 * factor * (1 + 0.004 * Math.cos(3 * index));
    return aValid(cell, index + 1, aMeasurement(cell, undefined, { serviceTimeByThirdMs: [4, 4, last] }));
  });

describe('toDrift', () => {
  it('names the cell whose work takes longer at the end of the window in all blocks', () => {
    const replicates = [...blocks(inline, 1.2), ...blocks(offload, 1)];
    const { found, summary } = toDrift(toContext(aRun([inline, offload]), replicates));
    assert.equal(found.length, 1);
    assert.match(
      found[0] ?? '',
      /inline .*: the work took 1\.20 × \(1\.\d+ to 1\.\d+, 95 %, n = 8\) as long/,
    );
    assert.match(summary ?? '', /of 2 cells .*: in 1 the same within ±5 %, in 1 not, in 0 neither/);
  });

  it('says nothing under six blocks, and nothing of the steps of a search', () => {
    const few = toDrift(toContext(aRun([inline]), blocks(inline, 1.2, 5)));
    assert.deepEqual(few, { found: [], summary: null });
    const design: Run['experiment']['design'] = {
      kind: 'search',
      objectives: [{ p99Ms: 50 }],
      maxSteps: 14,
    };
    const run = aRun([inline]);
    const search = { ...run, experiment: { ...run.experiment, design } };
    const steps = toDrift(toContext(search, [...blocks(inline, 1.2), ...blocks(inline, 1.2)]));
    assert.deepEqual(steps, { found: [], summary: null });
  });

  it('is on the first screen where there is one', () => {
    const model = toReportModel({ run: aRun([inline]), replicates: blocks(inline, 1.2) });
    assert.match(model.mismatches.join(' '), /the work took 1\.20 ×/);
    assert.match(renderMarkdown(model, { pictures: null }), /the work took 1\.20 ×/);
  });
});
