import assert from 'node:assert/strict';
import { test } from 'node:test';
import { experiments } from './catalogue.ts';
import { defineExperiment } from './experiment.ts';
import { quick } from './quick.ts';

test('a field that is not accepted is named', () => {
  const refused: [object, RegExp][] = [
    [{ design: { kind: 'blocks', blocks: 0 } }, /short\.design\.blocks/],
    [{ runtimes: [] }, /short\.runtimes/],
    [{ topologies: [{ topology: 'inlin', workers: 1 }] }, /short\.topologies\[0\]\.topology/],
    [{ loads: [{ ...quick.short.loads[0], durationSeconds: -1 }] }, /short\.loads\[0\]\.durationSeconds/],
    [{ warmup: 3 }, /warmup/],
  ];
  for (const [change, message] of refused) {
    assert.throws(() => defineExperiment({ ...quick, short: { ...quick.short, ...change } }), message);
  }
});

test('every experiment has a name of its own and words for the reader', () => {
  assert.equal(new Set(experiments.map(({ name }) => name)).size, experiments.length);
  for (const { question, howToRead } of experiments) assert.ok(question.length > 20 && howToRead.length > 20);
});
