import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { aCell } from '../testing/builders.ts';
import { aComparedRun } from '../testing/comparing.ts';
import { matchWithin, parseSelector, type Selector, SelectorError } from './within.ts';

const cells = ['node@24.1.0', 'node@26.10.0', 'bun'].flatMap((runtime) =>
  (['inline', 'offload'] as const).map((topology) => aCell({ runtime, topology })),
);
const alone = aCell({ runtime: 'node@26.10.0', topology: 'prefork', workers: 2 });
const run = aComparedRun('run', [...cells, alone], []);
const idsOf = (base: Selector, head: Selector) =>
  matchWithin(run, base, head).pairs.map((pair) => [pair.base.id, pair.head.id]);

describe('matchWithin', () => {
  it('pairs cells that are alike but for the field, and names the others', () => {
    const matched = matchWithin(run, parseSelector('node@24'), parseSelector('node@26'));
    assert.deepEqual(
      matched.pairs.map(({ base, head }) => [base.runtime, head.runtime, base.topology, head.topology]),
      [
        ['node@24.1.0', 'node@26.10.0', 'inline', 'inline'],
        ['node@24.1.0', 'node@26.10.0', 'offload', 'offload'],
      ],
    );
    assert.deepEqual([matched.onlyInBase, matched.onlyInHead], [[], [alone.id]]);
    assert.equal(matched.pairs[0]?.headSide.name, 'node@26.10.0');
  });

  it('compares topologies of every runtime', () => {
    const pairs = idsOf(parseSelector('topology=inline'), parseSelector('topology=offload'));
    assert.equal(pairs.length, 3);
  });

  it('says what is not there, and what is', () => {
    const refused: [string, string, RegExp][] = [
      [
        'node@22',
        'bun',
        /^no cell of the run has runtime "node@22"; there are node@24\.1\.0, node@26\.10\.0, bun$/,
      ],
      ['node@2', 'bun', /^no cell of the run has runtime "node@2"/],
      ['node', 'bun', /^no cell of the run has runtime "node"/],
      ['bun', 'bun', /^base and head are both runtime bun$/],
      ['arm=a', 'arm=b', /^no cell of the run has arm "a"; none has one$/],
      ['bun', 'topology=inline', /accepted is the same field for both/],
      [
        'colour=red',
        'bun',
        /^can't tell cells by "colour=red"; accepted is a runtime, such as node@24, or one of runtime=…/,
      ],
      ['api=', 'bun', /^can't tell cells by "api="/],
    ];
    for (const [base, head, message] of refused) {
      assert.throws(
        () => idsOf(parseSelector(base), parseSelector(head)),
        (error) => error instanceof SelectorError && message.test(error.message),
        base,
      );
    }
  });
});
