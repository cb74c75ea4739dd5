import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { UsageError } from '../exitCodes.ts';
import { experiments } from './catalogue.ts';
import { isExperimentPath, loadExperiment } from './load.ts';
import { smoke } from './smoke.ts';

const folder = mkdtempSync(join(tmpdir(), 'acceptbench-experiment-'));
after(() => rmSync(folder, { recursive: true }));

const data = { ...smoke, name: 'mine' };
const json = JSON.stringify(data);
const [load] = data.short.loads;
const search = { kind: 'search', objectives: [{ p99Ms: 50 }], maxSteps: 14 };

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

test('those of the catalogue are accepted as one’s own would be', async () => {
  for (const experiment of experiments) {
    assert.equal((await loaded(`${experiment.name}.json`, JSON.stringify(experiment))).name, experiment.name);
  }
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
    [
      'escape.json',
      JSON.stringify({ ...data, question: 'a\u001b[31m' }),
      /question: one line of text.*; got "a\\u001b/,
    ],
    [
      'many.json',
      changed({ design: { kind: 'blocks', blocks: 1e9 } }),
      /short\.design\.blocks: at most 1000/,
    ],
    [
      'inline.json',
      changed({ topologies: [{ topology: 'inline', workers: 4 }] }),
      /short\.topologies\[0\]\.workers: inline .* so it is 1; got 4$/,
    ],
    [
      'listeners.json',
      changed({ topologies: [{ topology: 'offload', workers: 2, listeners: 3 }] }),
      /short\.topologies\[0\]\.listeners: only reuseport-offload .*; got 3 for offload$/,
    ],
    [
      'policy.json',
      changed({ loads: [{ ...load, policies: ['keep-alive'] }] }),
      /short\.loads\[0\]\.policies: none of the form's, which are close; got "keep-alive"$/,
    ],
    [
      'nothing.json',
      changed({ loads: [{ kind: 'arrivals', ratesPerSecond: [0.1], durationSeconds: 2, warmupSeconds: 0 }] }),
      /short\.loads: a window of 2 s has no arrival at 0\.1 a second/,
    ],
    ['steps.json', changed({ design: { ...search, maxSteps: 101 } }), /short\.design\.maxSteps: at most 100/],
    [
      'rates.json',
      changed({ design: search, loads: [{ ...load, ofCeiling: [0.5, 0.9] }] }),
      /short\.design: a search begins at one rate .*; got \d+ cells for \d+ searches$/,
    ],
    [
      'norate.json',
      changed({
        design: search,
        loads: [
          { kind: 'burst', connections: [9], durationSeconds: 2, warmupSeconds: 1, warmupOfCeiling: 0.5 },
        ],
      }),
      /short\.design: a search looks for a rate, and \S+-burst9 has none/,
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
