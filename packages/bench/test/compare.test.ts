import assert from 'node:assert/strict';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { cli, resultsFolder } from './cli.ts';

const fixture = fileURLToPath(new URL('../../results/fixtures/v1/', import.meta.url));
const stored = JSON.parse(readFileSync(join(fixture, 'run.json'), 'utf8'));
const [bun, , node] = readFileSync(join(fixture, 'replicates.ndjson'), 'utf8')
  .trimEnd()
  .split('\n')
  .map((line) => JSON.parse(line));

/** What is changed in the stored run, and how many times as long its responses take. */
type Change = {
  readonly run?: (run: typeof stored) => void;
  readonly slowdown?: number;
  readonly blocks?: number;
};

/** A run's folder with valid replicates of Node and Bun in eight blocks, made from the recorded ones. */
function aRunFolder(
  parent: string,
  id: string,
  { run = () => {}, slowdown = 1, blocks = 8 }: Change = {},
): string {
  const folder = join(parent, id);
  mkdirSync(folder);
  const changed = structuredClone(stored);
  changed.id = id;
  changed.cells = [node.cell, bun.cell];
  run(changed);
  writeFileSync(join(folder, 'run.json'), JSON.stringify(changed));
  const lines = Array.from({ length: blocks }, (_, index) =>
    [node, bun].map((replicate) => {
      const factor = slowdown * (1 + ((index * 7) % 5) / 1000);
      const { rates, responseTimeMs, stages } = replicate;
      const scaled = Object.entries<number>(responseTimeMs).map(([key, ms]) => [key, ms * factor]);
      return JSON.stringify({
        ...replicate,
        cell: changed.cells.find(({ id }: { id: string }) => id === replicate.cell.id) ?? replicate.cell,
        block: index + 1,
        rates: { ...rates, completedPerSecond: rates.completedPerSecond / factor },
        responseTimeMs: Object.fromEntries(scaled),
        stages: stages.map((stage: { meanMs: number }) => ({ ...stage, meanMs: stage.meanMs * factor })),
      });
    }),
  ).flat();
  writeFileSync(join(folder, 'replicates.ndjson'), `${lines.join('\n')}\n`);
  return folder;
}

const compare = (context: TestContext, ...args: string[]) => cli(context, ['compare', ...args]);

test('exits say what a pipeline has to know', async (context) => {
  const parent = resultsFolder(context);
  const base = aRunFolder(parent, 'base');
  const same = aRunFolder(parent, 'same');
  const slower = aRunFolder(parent, 'slower', { slowdown: 1.1 });
  const few = aRunFolder(parent, 'few', { blocks: 3 });
  const expected: [string[], number, RegExp][] = [
    [[base, same], 0, /^acceptbench compare: No regression: None of 8 comparisons fails\./],
    [[base, slower], 1, /^acceptbench compare: REGRESSION: 8 of 8 comparisons fail, in 2 of 2 cells\./],
    [
      [base, slower, same],
      1,
      /^acceptbench compare: REGRESSION: 8 of 16 comparisons fail, in 2 of 2 cells\./,
    ],
    [
      [base, slower, '--metric', 'completed', '--cell', 'node-*'],
      1,
      /REGRESSION: 1 of 1 comparison fails, in 1 of 1 cell\./,
    ],
    [[base, few], 3, /^acceptbench compare: Inconclusive: Of 8 comparisons 8 are inconclusive\./],
    [[base, same, '--fail-on', 'drain'], 3, /Inconclusive: No cell has the figure drain\./],
    [[base, '--base', 'node', '--head', 'bun'], 1, /base is node and head bun, in the same blocks/],
  ];
  for (const [args, code, said] of expected) {
    const finished = await compare(context, ...args);
    assert.deepEqual([finished.code, finished.stderr], [code, ''], args.join(' '));
    assert.match(finished.stdout, said);
    assert.doesNotMatch(finished.stdout, /NaN|undefined|Infinity/);
  }
});

test('what cannot be compared is refused with exit 2, in a line that says why', async (context) => {
  const parent = resultsFolder(context);
  const base = aRunFolder(parent, 'base');
  const harder = aRunFolder(parent, 'harder', {
    run: ({ cells }) => {
      for (const cell of cells) cell.work = { ...cell.work, iterations: 3_700_000 };
    },
  });
  const newer = aRunFolder(parent, 'newer', { run: (run) => Object.assign(run, { schemaVersion: 99 }) });
  const other = aRunFolder(parent, 'other', {
    blocks: 0,
    run: ({ cells }) => {
      for (const [index, cell] of cells.entries()) cell.id = `x${index}`;
    },
  });
  const refused: [string[], RegExp][] = [
    [[base, harder], /^nothing can be compared: .* has work\.iterations 3541000 and 3700000, and 1 more; /],
    [[base, newer], /newer: run\.json: schema version 99, accepted are 1 to 2/],
    [[base, other], /^no cell is in both: base has node-native-.*, head has x0, x1/],
    [[base], /^compare with what\?/],
    [[base, '--base', 'node'], /^--base and --head go together/],
    [[base, '--baseline-arm', 'a'], /no cell of the run has arm "a"/],
    [[base, base, '--fail-on', 'p98'], /can't fail on "p98"/],
    [[base, base, '--metric', 'p98'], /There is no figure "p98"; there are completed, mean/],
    [[base, base, '--output', join(parent, 'no', 'file')], /^can't write /],
  ];
  for (const [args, message] of refused) {
    const { code, stdout, stderr } = await compare(context, ...args);
    assert.deepEqual([code, stdout], [2, ''], args.join(' '));
    assert.match(stderr, message);
    assert.doesNotMatch(stderr, /^ {4}at /m);
  }
});

test('another machine is warned of, and files hold what was asked for', async (context) => {
  const parent = resultsFolder(context);
  const base = aRunFolder(parent, 'base');
  const head = aRunFolder(parent, 'head', {
    run: ({ environment }) => Object.assign(environment, { cpuModel: 'Another CPU', kernel: '7.0.0' }),
  });
  const shown = await compare(context, base, head);
  assert.equal(shown.code, 0);
  assert.match(shown.stdout, /^! differs: CPU model: AMD EPYC and Another CPU$/m);
  assert.match(shown.stdout, /^! differs: kernel: /m);
  const file = join(parent, 'comparison.json');
  const written = await compare(context, base, head, '--format', 'json', '--output', file);
  assert.deepEqual([written.code, written.stdout, written.stderr], [0, '', '']);
  const { outcome, heads } = JSON.parse(readFileSync(file, 'utf8'));
  assert.equal(outcome, 'no regression');
  assert.deepEqual(
    heads[0].differences.map(({ what }: { what: string }) => what),
    ['kernel', 'CPU model'],
  );
});
