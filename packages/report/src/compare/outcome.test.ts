import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { aCell } from '../testing/builders.ts';
import { aComparedRun, compareAll } from '../testing/comparing.ts';
import { spreadReplicates } from '../testing/spread.ts';
import { FailOnError, failConditions, parseFailOn, parseMargin } from './failOn.ts';
import { metricKeys } from './metrics.ts';
import { toOutcome } from './outcome.ts';

const cells = [aCell({ runtime: 'node' })];

function report(slowdown: number, blocks = 10, spread = 0.005, margin = 0.03) {
  const run = (label: string, seed: number, factor: number) =>
    aComparedRun(label, cells, spreadReplicates(cells, { blocks, spread, seed, slowdown: () => factor }));
  return compareAll([run('base', 1, 1), run('head', 2, slowdown)], margin);
}

const judge = (failOn: string, ...of: Parameters<typeof report>) =>
  toOutcome(report(...of), parseFailOn(failOn));

describe('toOutcome', () => {
  it('is a regression where what shall fail is slower, by the figures that were named', () => {
    assert.equal(judge('slower', 1.2).state, 'regression');
    assert.equal(judge('any', 1.2).failing.length, 4);
    assert.deepEqual(
      judge('p99', 1.2).failing.map(({ metric }) => metric.key),
      ['p99'],
    );
    assert.deepEqual(judge('p99,completed:beyond-margin', 1.2).failing.length, 2);
    assert.equal(judge('none', 1.2).state, 'no regression');
  });

  it('is none where all is equivalent or faster', () => {
    assert.equal(judge('slower', 1).state, 'no regression');
    assert.equal(judge('any:inconclusive', 0.8).state, 'no regression');
  });

  it('is inconclusive, never good, where it is not known', () => {
    assert.equal(judge('slower', 1.2, 3).state, 'inconclusive');
    assert.equal(judge('inconclusive', 1.2, 3).state, 'regression');
    assert.equal(judge('slower', 1, 6, 0.2).state, 'inconclusive');
    assert.deepEqual(judge('drain', 1).reasons, ['No cell has the figure drain.']);
  });

  it('takes a difference within the margin as none', () => {
    assert.equal(judge('slower', 1.06).state, 'regression');
    assert.equal(judge('slower', 1.06, 10, 0.005, 0.1).state, 'no regression');
  });

  it('does not call a cell good of which nothing is valid, whichever figure is named', () => {
    const both = [...cells, aCell({ runtime: 'bun' })];
    const run = (label: string, seed: number) =>
      aComparedRun(label, both, spreadReplicates(cells, { blocks: 10, spread: 0.005, seed }));
    const half = compareAll([run('base', 1), run('head', 2)]);
    for (const failOn of ['slower', 'p99', 'completed', 'p99:beyond-margin']) {
      assert.equal(toOutcome(half, parseFailOn(failOn)).state, 'inconclusive', failOn);
    }
    assert.equal(toOutcome(half, parseFailOn('p99:inconclusive')).state, 'regression');
    assert.equal(toOutcome(half, parseFailOn('none')).state, 'no regression');
  });

  it('does not call it good where nothing is compared', () => {
    const { heads, ...rest } = report(1);
    const outcome = toOutcome(
      { ...rest, heads: heads.map((head) => ({ ...head, rows: [] })) },
      parseFailOn('slower'),
    );
    assert.deepEqual([outcome.state, outcome.reasons], ['inconclusive', ['Nothing could be compared.']]);
  });

  it('does not call a cell good that is not there any more', () => {
    const { heads, ...rest } = report(1);
    const [head] = heads;
    assert.ok(head !== undefined);
    const outcome = toOutcome({ ...rest, heads: [{ ...head, onlyInBase: ['x'] }] }, parseFailOn('slower'));
    assert.deepEqual([outcome.state, outcome.reasons], ['inconclusive', ['1 cell of base is not in head.']]);
    const added = toOutcome({ ...rest, heads: [{ ...head, onlyInHead: ['x'] }] }, parseFailOn('slower'));
    assert.equal(added.state, 'no regression');
  });
});

describe('parseFailOn', () => {
  it('reads any mix of figures and conditions', () => {
    const part = fc.oneof(
      fc.constantFrom('any', ...metricKeys).map((metric) => ({ text: metric, metric, condition: 'slower' })),
      fc.constantFrom(...failConditions).map((condition) => ({ text: condition, metric: 'any', condition })),
      fc
        .tuple(fc.constantFrom('any', ...metricKeys), fc.constantFrom(...failConditions))
        .map(([metric, condition]) => ({ text: `${metric}:${condition}`, metric, condition })),
    );
    fc.assert(
      fc.property(fc.array(part, { minLength: 1, maxLength: 4 }), (parts) => {
        const rules = parseFailOn(parts.map(({ text }) => text).join(', '));
        assert.deepEqual(
          rules,
          parts.map(({ metric, condition }) => ({ metric, condition })),
        );
      }),
    );
    assert.deepEqual(parseFailOn('none'), []);
  });

  it('refuses what it does not know, naming what there is', () => {
    for (const text of [
      '',
      'p98',
      'slwer',
      'p99:slwer',
      'p98:slower',
      'p99,',
      'none,p99',
      'p99:slower:x',
      'slower:p99',
    ]) {
      assert.throws(
        () => parseFailOn(text),
        (error) =>
          error instanceof FailOnError && /accepted are none, a figure \(any, completed/.test(error.message),
        text,
      );
    }
  });
});

describe('parseMargin', () => {
  it('reads a percentage, and nothing that may be a share or a percentage', () => {
    assert.deepEqual(['5%', '2.5 %', ' 10% '].map(parseMargin), [0.05, 0.025, 0.1]);
    for (const text of ['5', '0.05', '0%', '-5%', '101%', '5%%', '', 'NaN%', '1e1%']) {
      assert.throws(() => parseMargin(text), FailOnError, text);
    }
  });
});
