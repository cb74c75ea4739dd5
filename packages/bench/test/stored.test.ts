import assert from 'node:assert/strict';
import {
  appendFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { cli, resultsFolder } from './cli.ts';

const fixtures = fileURLToPath(new URL('../../results/fixtures/', import.meta.url));
const versions = readdirSync(fixtures).filter((name) => name.startsWith('v'));

function aCopy(context: TestContext, version: string): string {
  const folder = join(resultsFolder(context), version);
  cpSync(join(fixtures, version), folder, { recursive: true });
  return folder;
}

test('report renders every stored version: on the terminal, and as files', async (context) => {
  assert.ok(versions.length > 0);
  for (const version of versions) {
    const folder = aCopy(context, version);
    const { name } = JSON.parse(readFileSync(join(folder, 'run.json'), 'utf8')).experiment;
    const shown = await cli(context, ['report', folder]);
    assert.deepEqual([shown.code, shown.stderr], [0, '']);
    assert.match(shown.stdout, /Where requests wait/);
    assert.doesNotMatch(shown.stdout, /NaN|undefined|Infinity/);
    assert.equal(shown.stdout.includes('\u001b'), false);
    const written = await cli(context, ['report', folder, '--markdown']);
    assert.deepEqual([written.code, written.stdout, written.stderr], [0, '', '']);
    const piped = await cli(context, ['report', folder, '--markdown', '-']);
    assert.equal(piped.stdout, readFileSync(join(folder, 'report.md'), 'utf8'));
    assert.ok(piped.stdout.startsWith(`# acceptbench: ${name}\n\n**Verdict:** `), piped.stdout.slice(0, 99));
    const page = await cli(context, ['report', folder, '--html', '--json']);
    assert.deepEqual([page.code, page.stdout, page.stderr], [0, '', '']);
    assert.match(readFileSync(join(folder, 'report.html'), 'utf8'), /^<!doctype html>/);
    assert.equal(JSON.parse(readFileSync(join(folder, 'report.json'), 'utf8')).title, name);
    assert.ok(existsSync(join(folder, 'report', 'waits.svg')));
    assert.deepEqual(
      readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.part')),
      [],
    );
  }
});

test('report --summary adds to a job’s summary', async (context) => {
  const folder = aCopy(context, 'v1');
  const file = join(folder, 'summary.md');
  writeFileSync(file, 'before\n');
  const { code, stdout } = await cli(context, ['report', folder, '--summary'], { GITHUB_STEP_SUMMARY: file });
  assert.deepEqual([code, stdout], [0, '']);
  assert.match(readFileSync(file, 'utf8'), /^before\n# /);
  assert.doesNotMatch(readFileSync(file, 'utf8'), /!\[/);
  const outside = await cli(context, ['report', folder, '--summary'], { GITHUB_STEP_SUMMARY: '' });
  assert.equal(outside.code, 2);
  assert.match(outside.stderr, /^--summary: GITHUB_STEP_SUMMARY is not set/);
});

test('export writes several formats at once', async (context) => {
  const folder = aCopy(context, 'v1');
  const file = (name: string) => join(folder, name);
  const { code, stdout, stderr } = await cli(context, [
    'export',
    folder,
    '--csv',
    '--bencher',
    file('b.json'),
    '--github-action-benchmark-bigger',
    file('g.json'),
  ]);
  assert.equal(code, 0);
  assert.match(stderr, /^left out, without a valid replicate: deno-native-inline-w1-close-wasm-1\.3x\n$/);
  assert.equal(stdout.split('\r\n').length, 1 + 3 + 1);
  assert.equal(Object.keys(JSON.parse(readFileSync(file('b.json'), 'utf8'))).length, 2);
  assert.equal(JSON.parse(readFileSync(file('g.json'), 'utf8')).length, 2);
});

test('history shows a figure over the runs of a folder, and says which it could not read', async (context) => {
  const results = resultsFolder(context);
  for (const version of versions)
    cpSync(join(fixtures, version), join(results, version), { recursive: true });
  mkdirSync(join(results, 'another'));
  const { code, stdout, stderr } = await cli(context, [
    'history',
    results,
    '--metric',
    'p99',
    '--cell',
    'node*',
  ]);
  assert.equal(code, 0);
  assert.match(stderr, /^left out: .*another: it has no run\.json; /);
  assert.match(
    stdout,
    /^p99 response time, ms \(less is better\), over runs\n\nnode-native-inline-w1-close-wasm-1\.3x\n/,
  );
  assert.doesNotMatch(stdout, /^bun-/m);
  const json = await cli(context, ['history', results, '--format', 'json']);
  assert.equal(JSON.parse(json.stdout).cells.length, 5);
  const refused: [string[], RegExp][] = [
    [[results, '--metric', 'p98'], /There is no figure "p98"/],
    [[results, '--experiment', 'hello'], /^no run of "hello" is in it; there are runs of smoke, quick/],
    [[join(results, 'no')], /^can't read /],
  ];
  for (const [args, message] of refused) {
    const finished = await cli(context, ['history', ...args]);
    assert.deepEqual([finished.code, finished.stdout], [2, '']);
    assert.match(finished.stderr.replace(/^left out: .*\n/, ''), message);
  }
});

test('what cannot be read or written, or asked for, is one line and exit 2; nothing to tell is 3', async (context) => {
  const folder = aCopy(context, 'v1');
  const refused: [string[], RegExp][] = [
    [['report', join(folder, 'no')], /no such folder/],
    [['report', folder, '--markdown', join(folder, 'no', 'report.md')], /^can't write /],
    [['export', folder], /^export to what\? There are --csv, /],
    [['export', folder, '--csv', '--bencher'], /^only one export can go to stdout/],
    [['export', folder, '--cvs'], /unknown option '--cvs'/],
    [['export', folder, '--csv', folder], /^can't write /],
    [['report'], /missing required argument/],
  ];
  for (const [args, message] of refused) {
    const { code, stdout, stderr } = await cli(context, args);
    assert.deepEqual([code, stdout], [2, ''], args.join(' '));
    assert.match(stderr, message);
    assert.doesNotMatch(stderr, /^ {4}at /m);
  }
  assert.equal(existsSync(`${folder}.part`), false);
  appendFileSync(join(folder, 'replicates.ndjson'), '{"schemaVersion":1,"ce');
  const torn = await cli(context, ['report', folder]);
  assert.equal(torn.code, 0);
  assert.match(torn.stderr, /^replicates\.ndjson: the last line is half-written/);
  rmSync(join(folder, 'replicates.ndjson'));
  assert.equal((await cli(context, ['export', folder, '--bencher'])).code, 3);
  assert.equal((await cli(context, ['export', folder, '--csv'])).code, 0);
  assert.equal((await cli(context, ['report', folder])).code, 0);
});
