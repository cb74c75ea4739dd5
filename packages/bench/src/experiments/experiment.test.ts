import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { Cell } from '@acceptbench/results/cell';
import { unplaced } from '../placement.ts';
import { experiments } from './catalogue.ts';
import { formSeconds } from './describe.ts';
import { expectedSeconds } from './duration.ts';
import { defineExperiment } from './experiment.ts';
import { nominalCells } from './nominal.ts';
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

test('the cells of every form are valid, and no two have one name', () => {
  for (const { name, short, full } of experiments) {
    for (const form of full === undefined ? [short] : [short, full]) {
      const cells = nominalCells(form);
      assert.ok(cells.length > 0, name);
      for (const cell of cells) assert.deepEqual(Cell.parse(cell), cell);
      for (const cell of cells) assert.ok(expectedSeconds(cell) > cell.load.durationSeconds, cell.id);
    }
  }
});

test('the guide has every experiment: what it asks, and about how long it takes', () => {
  const guide = readFileSync(new URL('../../../../docs/experiments.md', import.meta.url), 'utf8');
  for (const { name, short } of experiments) {
    const row = new RegExp(`^\\| \\[?\`${name}\`.*\\| (\\d+) (min|s)`, 'm').exec(guide);
    assert.ok(row !== null, name);
    const said = Number(row[1]) * (row[2] === 'min' ? 60 : 1);
    const seconds = formSeconds(short, nominalCells(short, unplaced, 2));
    assert.ok(Math.abs(said - seconds) <= Math.max(30, seconds / 10), `${name}: ${said} s, and ${seconds} s`);
  }
});

test('every experiment has a name of its own and words for the reader', () => {
  assert.equal(new Set(experiments.map(({ name }) => name)).size, experiments.length);
  for (const { question, howToRead } of experiments) assert.ok(question.length > 20 && howToRead.length > 20);
});
