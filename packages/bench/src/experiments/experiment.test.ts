import assert from 'node:assert/strict';
import { test } from 'node:test';
import { experiments } from './catalogue.ts';
import { defineExperiment } from './experiment.ts';
import { quick } from './quick.ts';

test('a field that is not accepted is named', () => {
  const refused: [object, RegExp][] = [
    [{ blocks: 0 }, /blocks/],
    [{ runtimes: [] }, /runtimes/],
    [{ topologies: [{ topology: 'inlin', workers: 1 }] }, /topologies\[0\]\.topology/],
    [{ load: { ...quick.load, durationSeconds: -1 } }, /load\.durationSeconds/],
    [{ warmup: 3 }, /warmup/],
  ];
  for (const [change, message] of refused) {
    assert.throws(() => defineExperiment({ ...quick, ...change }), message);
  }
});

test('every experiment has a name of its own and words for the reader', () => {
  assert.equal(new Set(experiments.map(({ name }) => name)).size, experiments.length);
  for (const { question, howToRead } of experiments) assert.ok(question.length > 20 && howToRead.length > 20);
});
