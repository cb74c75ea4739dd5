import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { UsageError } from '../exitCodes.ts';
import { isExperimentPath, loadExperiment } from './load.ts';
import { smoke } from './smoke.ts';

const folder = mkdtempSync(join(tmpdir(), 'acceptbench-experiment-'));
after(() => rmSync(folder, { recursive: true }));

const data = { ...smoke, name: 'mine' };
const json = JSON.stringify(data);

const inFolder = (path: string) => join(folder, path);

/** Writes a file and loads it, by a path relative to its folder. */
function loaded(name: string, text: string) {
  writeFileSync(join(folder, name), text);
  return loadExperiment(`./${name}`, inFolder);
}

test('a name is looked up, and whatever has a slash or an ending is a file', async () => {
  assert.deepEqual(
    ['smoke', 'accept-all-we-can', './smoke', 'mine.ts', 'mine.json', 'C:\\mine.ts', 'jsonts'].map(
      isExperimentPath,
    ),
    [false, false, true, true, true, true, false],
  );
  assert.equal(await loadExperiment('smoke', inFolder), smoke);
  await assert.rejects(
    loadExperiment('smok', inFolder),
    /unknown experiment "smok"; there are quick, smoke, /,
  );
});

test('one’s own comes from JSON, from a default export, or from one called experiment', async () => {
  assert.deepEqual(await loaded('a.json', json), data);
  assert.deepEqual(
    await loaded('b.ts', `const name: string = 'mine'; export default { ...${json}, name };`),
    data,
  );
  assert.deepEqual(await loaded('c.ts', `export const experiment = ${json};`), data);
});

test('the examples are accepted', async () => {
  const examples = fileURLToPath(new URL('../../../../examples/experiment/', import.meta.url));
  const inExamples = (path: string) => join(examples, path);
  assert.equal((await loadExperiment('./node-http.ts', inExamples)).name, 'node-http');
  assert.equal((await loadExperiment('./one-cell.json', inExamples)).name, 'one-cell');
});

test('what is not accepted is named in one line: file, field, what it got', async () => {
  const changed = (change: object) => JSON.stringify({ ...data, short: { ...data.short, ...change } });
  const topologies = [{ topology: 'inline', workers: 'all' }];
  const refused: [string, string, RegExp][] = [
    [
      'field.json',
      changed({ topologies }),
      /^\.\/field\.json: short\.topologies\[0\]\.workers: .*"up-to-cores"; got "all"$/,
    ],
    ['name.json', JSON.stringify({ ...data, name: 'My own' }), /name: .*lower-case.*; got "My own"$/],
    ['missing.json', changed({ works: undefined }), /short\.works: .*; got nothing$/],
    ['more.json', changed({ works: [], runtimes: [] }), /\(and 1 more\)$/],
    ['extra.json', changed({ wokers: 2 }), /short: Unrecognized key: "wokers"$/],
    ['list.json', '[]', /an experiment: .*; got \[\]$/],
    ['half.json', '{"name":', /can't read it: .*JSON/],
    ['none.ts', 'export const other = 1;', /it exports neither default nor experiment/],
    ['throws.ts', "throw new Error('not today');", /can't read it: not today$/],
    ['enum.ts', 'enum E { a } export default E;', /can't read it: .*enum/],
    [
      'together.json',
      changed({ works: [{ kind: 'none' }] }),
      /short\.loads: ofCeiling needs work with a ceiling/,
    ],
    [
      'twice.json',
      changed({ policies: ['close', 'close'] }),
      /short\.loads: two cells would be called node-/,
    ],
    ['mine.js', 'export default {}', /an experiment is a \.ts or a \.json file$/],
  ];
  for (const [name, text, message] of refused) {
    await assert.rejects(loaded(name, text), (error) => {
      assert.ok(error instanceof UsageError);
      assert.match(error.message, message);
      assert.doesNotMatch(error.message, /\n/);
      return true;
    });
  }
  await assert.rejects(
    loadExperiment('./gone.ts', inFolder),
    /^Error: \.\/gone\.ts: there is no such file$|no such file/,
  );
});
