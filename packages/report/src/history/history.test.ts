import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Cell } from '@acceptbench/results/cell';
import type { Run } from '@acceptbench/results/run';
import fc from 'fast-check';
import { metrics } from '../compare/metrics.ts';
import { anyRun } from '../testing/arbitrary.ts';
import { aCell, aMeasurement, anInvalid, aRun, aValid } from '../testing/builders.ts';
import { toHistory } from './history.ts';
import { renderHistoryHtml } from './html.ts';
import { renderHistoryJson } from './json.ts';
import { sparkline } from './sparkline.ts';
import { renderHistoryTerminal } from './terminal.ts';

const [completed] = metrics;
const node = aCell({ runtime: 'node' });

/** A run of a day in November with these completed rates, a block each. */
function past(day: number, rates: readonly number[], change: Partial<Run> = {}, cell: Cell = node) {
  const startedAt = `2026-11-${String(day).padStart(2, '0')}T12:00:00.000Z`;
  return {
    run: aRun([cell], { id: `run-${day}`, startedAt, ...change }),
    replicates: rates.map((rate, index) =>
      rate < 0
        ? anInvalid(cell, index + 1, [{ gate: 'steal', reason: 'stolen' }])
        : aValid(cell, index + 1, aMeasurement(cell, undefined, { completed: rate })),
    ),
  };
}

const environment = { ...aRun([]).environment, cpuModel: 'Another CPU' };
const harder = { ...node, work: { kind: 'wasm' as const, iterations: 5_000_000 } };
const runs = [
  past(4, [90, 91, 92], {}, harder),
  past(1, [240, 244, 250]),
  past(2, [251, -1, 249]),
  past(3, [-1], { environment }),
];

describe('toHistory', () => {
  it('has a cell’s figure by run, oldest first, and says what changed', () => {
    const [only, ...others] = toHistory(runs, completed);
    assert.deepEqual(others, []);
    assert.deepEqual(
      only?.points.map(({ run, figure, of, changes, isBreak }) => [
        run.id,
        figure?.median ?? null,
        of,
        changes,
        isBreak,
      ]),
      [
        ['run-1', 244, 3, [], false],
        ['run-2', 250, 3, [], false],
        ['run-3', null, 1, ['CPU model AMD EPYC 9B14 and Another CPU'], false],
        [
          'run-4',
          91,
          3,
          ['work.iterations 4000000 and 5000000', 'CPU model Another CPU and AMD EPYC 9B14'],
          true,
        ],
      ],
    );
  });

  it('shows the same on the terminal and in JSON, whatever there is', () => {
    const text = renderHistoryTerminal(toHistory(runs, completed), completed, { color: false });
    assert.match(text, /^completed rate, req\/s \(more is better\), over runs\n/);
    assert.match(text, /^ {2}▁█· \| ▅$/m);
    assert.match(text, /^2026-11-02 12:00 {2}1\.4\.5 +0123456 +250 \(249–251\) +2\/3 +1\.02$/m);
    assert.match(text, /^2026-11-04 12:00 .* 91 \(90–92\) +3\/3 +–$/m);
    assert.match(text, /^! 2026-11-03 12:00: not as before: CPU model AMD EPYC 9B14 and Another CPU$/m);
    const json = JSON.parse(renderHistoryJson(toHistory(runs, completed), completed));
    assert.deepEqual(json.cells[0].points[1].figure, { median: 250, min: 249, max: 251, n: 2 });
    const page = renderHistoryHtml(toHistory(runs, completed), completed, () => 'a-hash');
    assert.match(page, />250 \(249–251\)<\/td>\n.*>2\/3<\/td>\n.*>1\.02<\/td>/);
    assert.match(page, /<li>2026-11-03 12:00: CPU model AMD EPYC 9B14 and Another CPU<\/li>/);
    fc.assert(
      fc.property(fc.array(anyRun, { maxLength: 4 }), fc.constantFrom(...metrics), (any, metric) => {
        const shown = renderHistoryTerminal(toHistory(any, metric), metric, { color: false });
        assert.doesNotMatch(shown, /NaN|undefined|Infinity/);
      }),
    );
  });
});

describe('renderHistoryHtml', () => {
  it('draws whatever there is', () => {
    fc.assert(
      fc.property(fc.array(anyRun, { maxLength: 2 }), fc.constantFrom(...metrics), (any, metric) => {
        const shown = renderHistoryHtml(toHistory(any, metric), metric, () => 'a-hash');
        assert.doesNotMatch(shown.replace(/<script>.*?<\/script>/s, ''), /NaN|undefined|Infinity/);
      }),
      { numRuns: 20 },
    );
  });
});

describe('sparkline', () => {
  it('goes from the least to the most', () => {
    assert.equal(sparkline([0, 1, 2, 3, 4, 5, 6, 7]), '▁▂▃▄▅▆▇█');
    assert.equal(sparkline([3, 3, null]), '▅▅·');
    assert.equal(sparkline([]), '');
    assert.equal(sparkline([null]), '·');
  });
});
