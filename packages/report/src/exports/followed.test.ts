import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Replicate } from '@acceptbench/results/replicate';
import fc from 'fast-check';
import { anyRun } from '../testing/arbitrary.ts';
import { aCell, aFailed, aMeasurement, anInvalid, aRun, aValid } from '../testing/builders.ts';
import { renderBencher } from './bencher.ts';
import { cellsWithoutFigures } from './figures.ts';
import { renderGithubActionBenchmark } from './githubActionBenchmark.ts';

const tools = ['customBiggerIsBetter', 'customSmallerIsBetter'] as const;
const inline = aCell({ runtime: 'node' });
const other = aCell({ runtime: '__proto__' });
const replicates: Replicate[] = [
  ...[240, 250, 230].map((completed, index) =>
    aValid(inline, index + 1, aMeasurement(inline, undefined, { completed })),
  ),
  anInvalid(
    inline,
    4,
    [{ gate: 'steal', reason: 'stolen' }],
    aMeasurement(inline, undefined, { completed: 1 }),
  ),
  aValid(other, 1, aMeasurement(other, undefined, { completed: 100 })),
  aFailed(aCell({ runtime: 'deno' }), 1, 'no'),
];
const run = aRun([inline, other]);

describe('github-action-benchmark', () => {
  it('takes the rates as bigger, and the times as smaller is better', () => {
    const [bigger, smaller] = tools.map((tool) =>
      JSON.parse(renderGithubActionBenchmark(run, replicates, tool)),
    );
    assert.deepEqual(bigger[0], {
      name: `${inline.id}: completed rate`,
      unit: 'req/s',
      value: 240,
      range: '230 to 250',
      extra: `median of 3 valid replicates of 4\nversion 1.4.5\nrun ${run.id}`,
    });
    assert.deepEqual(new Set(bigger.map(({ unit }: { unit: string }) => unit)), new Set(['req/s']));
    assert.deepEqual(new Set(smaller.map(({ unit }: { unit: string }) => unit)), new Set(['ms']));
  });

  it('gives what the action takes: an array of names, each once, with a finite value and a unit', () => {
    fc.assert(
      fc.property(anyRun, fc.constantFrom(...tools), (any, tool) => {
        const entries = JSON.parse(renderGithubActionBenchmark(any.run, any.replicates, tool));
        assert.ok(Array.isArray(entries));
        for (const { name, value, unit, range, extra } of entries) {
          assert.ok(Number.isFinite(value), name);
          for (const text of [name, unit, range, extra]) assert.equal(typeof text, 'string');
        }
        assert.equal(new Set(entries.map(({ name }) => name)).size, entries.length);
      }),
    );
  });
});

describe('bencher', () => {
  it('has cells as benchmarks, built-in measures in their units, the range as lower and upper value', () => {
    const benchmarks = JSON.parse(renderBencher(replicates));
    assert.deepEqual(Object.keys(benchmarks), [inline.id, other.id]);
    const { throughput, latency } = benchmarks[inline.id];
    assert.deepEqual(throughput, { value: 240, lower_value: 230, upper_value: 250 });
    const meanMs = replicates[0]?.outcome === 'valid' ? replicates[0].responseTimeMs.mean : 0;
    assert.equal(latency.value, meanMs * 1e6);
  });

  it('fits the published schema: objects of objects of up to three numbers', () => {
    fc.assert(
      fc.property(anyRun, (any) => {
        const benchmarks: object = JSON.parse(renderBencher(any.replicates));
        for (const measures of Object.values(benchmarks)) {
          for (const [measure, values] of Object.entries<object>(measures)) {
            assert.ok(measure.length <= 64, measure);
            assert.deepEqual(Object.keys(values), ['value', 'lower_value', 'upper_value']);
            for (const value of Object.values(values)) assert.ok(Number.isFinite(value));
          }
        }
      }),
    );
  });
});

describe('cellsWithoutFigures', () => {
  it('names the cells that nothing can be told of', () => {
    assert.deepEqual(cellsWithoutFigures(replicates), [aCell({ runtime: 'deno' }).id]);
    assert.deepEqual(cellsWithoutFigures([]), []);
  });
});
