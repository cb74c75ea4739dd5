import assert from 'node:assert/strict';
import { test } from 'node:test';
import { benchmarks, parseArguments, runtimes } from './arguments.ts';

test('without arguments everything is measured, in five pairs', () => {
  assert.deepEqual(parseArguments([]), {
    benchmarks,
    runtimes,
    pairs: 5,
    seconds: 3,
    scrapes: 200,
    connections: 64,
    servers: null,
    json: null,
  });
});

test('benchmarks, runtimes and numbers are taken as given, each name once', () => {
  const settings = parseArguments([
    'dispatch',
    'scrape',
    'scrape',
    '--runtime',
    'bun,node,bun',
    '--pairs=7',
    '--seconds',
    '2',
    '--json',
    'x.json',
  ]);
  assert.ok('pairs' in settings);
  assert.deepEqual(settings.benchmarks, ['dispatch', 'scrape']);
  assert.deepEqual(settings.runtimes, ['bun', 'node']);
  assert.equal(settings.pairs, 7);
  assert.equal(settings.seconds, 2);
  assert.equal(settings.json, 'x.json');
});

test('help names every benchmark, or the one that was named', () => {
  const all = parseArguments(['--help']);
  assert.ok('help' in all);
  for (const name of benchmarks) assert.match(all.help, new RegExp(`^ {2}${name} `, 'm'));
  const one = parseArguments(['scrape', '-h']);
  assert.ok('help' in one);
  assert.match(one.help, /^ {2}scrape /m);
  assert.doesNotMatch(one.help, /^ {2}dispatch /m);
});

test('anything else is refused with what was got and what is accepted', () => {
  const bad: [string[], RegExp][] = [
    [['speed'], /^benchmark: got "speed", accepted are scrape, overhead, dispatch$/],
    [['--runtime', 'python'], /^--runtime: got "python", accepted are node, bun, deno$/],
    [['--pairs', '0'], /^--pairs: got "0", accepted is a whole number from 1 to 100$/],
    [['--pairs', '1e1'], /^--pairs: got "1e1"/],
    [['--seconds', ''], /^--seconds: got ""/],
    [['--connections=-1'], /^--connections: got "-1"/],
    [['--speed', '1'], /--speed.*--help shows what is accepted$/s],
    [['--json'], /--json.*--help shows what is accepted$/s],
  ];
  for (const [args, message] of bad) {
    assert.throws(() => parseArguments(args), { name: 'UsageError', message });
  }
});
