import assert from 'node:assert/strict';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { cli, readResults, resultsFolder, startCli } from './cli.ts';
import { survivors, untilThereAre } from './processes.ts';

const fixture = (fault: string) => fileURLToPath(new URL(`./fixtures/${fault}/server.json`, import.meta.url));
const smokeOf = (results: string, ...faults: string[]) => [
  'run',
  '--experiment=smoke',
  `--runtime=${faults.join(',')}`,
  ...faults.filter((fault) => fault !== 'node').flatMap((fault) => ['--server', fixture(fault)]),
  '--results',
  results,
  '--seed=1',
  '--retries=0',
];

test('what is wrong on the command line is one line and exit 2, and nothing is started', async (context) => {
  const results = resultsFolder(context);
  const wrong: [string[], RegExp][] = [
    [['run', '--experiment', 'qick'], /unknown experiment "qick"; there are quick, smoke/],
    [['run', '--runtime', 'node,nodee'], /unknown runtime "nodee"; there are bun, deno, node/],
    [['run', '--retries', '11'], /'11' is invalid\. Accepted is a whole number from 0 to 10/],
    [['run', '--name', 'two\nlines'], /--name: accepted is one line of 1 to 100 characters/],
    [['run', '--blocks', '0'], /'0' is invalid\. Accepted is a whole number from 1 to 1000/],
    [['run', '--port', '99999'], /'99999' is invalid/],
    [['run', '--cpus', 'server=9999'], /--cpus "server=9999": there is no CPU 9999 here/],
    [['run', '--cpus', '0-1'], /--cpus "0-1": can't read "0-1"; accepted is server=<CPUs>/],
    [['run', '--rat', '5'], /unknown option '--rat'/],
    [['run', 'quick'], /too many arguments/],
    [['run', '--server', '/no/such/server.json'], /\/no\/such\/server\.json: ENOENT/],
    [['bench'], /unknown command "bench"; there are run, list, doctor, report, compare, /],
  ];
  for (const [args, message] of wrong) {
    const { code, stdout, stderr } = await cli(context, [
      ...args,
      ...(args[0] === 'run' ? ['--results', results] : []),
    ]);
    assert.equal(code, 2, `${args.join(' ')}: ${stderr}`);
    assert.match(stderr, message);
    assert.equal(
      stderr
        .trimEnd()
        .split('\n')
        .filter((line) => line !== '').length <= 2,
      true,
      stderr,
    );
    assert.equal(stdout, '');
  }
  assert.throws(() => readResults(results), /expected one run/);
});

test('--version is that of package.json, which each run records', async (context) => {
  const { version } = JSON.parse(readFileSync(new URL('../../../package.json', import.meta.url), 'utf8'));
  const { code, stdout, stderr } = await cli(context, ['--version']);
  assert.deepEqual({ code, stdout, stderr }, { code: 0, stdout: `${version}\n`, stderr: '' });
});

test('--help is there for each command', async (context) => {
  const names = [
    'run',
    'list',
    'doctor',
    'report',
    'compare',
    'history',
    'export',
    'probe',
    'backfill',
    'cluster',
  ];
  const { stdout: all } = await cli(context, ['--help']);
  for (const name of names) assert.match(all, new RegExp(`^  ${name} `, 'm'));
  for (const args of [['--help'], ...names.map((name) => [name, '--help'])]) {
    const { code, stdout, stderr } = await cli(context, args);
    assert.deepEqual([code, stderr], [0, ''], args.join(' '));
    assert.match(stdout, /^Usage: acceptbench/);
  }
});

test('a k6 that does not do is said once, before anything runs', async (context) => {
  const results = resultsFolder(context);
  const { code, stdout, stderr } = await cli(context, ['run', '--results', results], {
    K6_BIN: '/no/such/k6',
  });
  assert.equal(code, 1);
  assert.match(stderr, /K6_BIN is "\/no\/such\/k6", which is not an executable file/);
  assert.equal(stdout, '');
  assert.throws(() => readResults(results), /expected one run/);
});

test('a replicate that goes wrong is failed with the server’s last lines, and the others go on', async (context) => {
  const results = resultsFolder(context);
  const faults = ['exits', 'hangs', 'dies', 'wrong', 'another-topology', 'node'];
  const { code, stdout } = await cli(context, smokeOf(results, ...faults));
  assert.equal(code, 3, stdout);
  const { replicates, folder } = readResults(results);
  const of = (runtime: string) => {
    const found = replicates.find(({ cell }) => cell.runtime === runtime);
    assert.ok(found !== undefined, runtime);
    return found;
  };
  const expected: Record<string, [phase: string, error: RegExp, lastLine: RegExp | null]> = {
    exits: ['start', /^the server ended before it listened \(exit 3\)$/, /no luck today/],
    dies: ['measure|warm up', /^the server ended while it was measured \(exit 7\)$/, /thirty-first request/],
    hangs: ['verify', /^wrong answer to GET \/data: .*no answer within 5 s$/, null],
    wrong: ['verify', /^wrong answer to GET \/data: body "/, null],
    'another-topology': ['start', /^asked for topology inline, the server runs offload$/, null],
  };
  for (const [fault, [phase, error, lastLine]] of Object.entries(expected)) {
    const replicate = of(fault);
    assert.equal(replicate.outcome, 'failed', fault);
    if (replicate.outcome !== 'failed') continue;
    assert.match(replicate.phase, new RegExp(`^(${phase})$`), fault);
    assert.match(replicate.error, error);
    if (lastLine !== null) assert.match(replicate.serverTail.at(-1) ?? '', lastLine);
  }
  assert.notEqual(of('node').outcome, 'failed');
  const report = readFileSync(join(folder, 'report.md'), 'utf8');
  for (const fault of Object.keys(expected)) assert.ok(report.includes(fault), fault);
  assert.doesNotMatch(report, /<script>/);
});

test('a server that does not say in time that it listens is failed', async (context) => {
  const results = resultsFolder(context);
  const { code } = await cli(context, [...smokeOf(results, 'never-listens'), '--start-timeout', '1']);
  assert.equal(code, 3);
  const [replicate] = readResults(results).replicates;
  assert.equal(replicate?.outcome, 'failed');
  if (replicate?.outcome !== 'failed') return;
  assert.equal(replicate.phase, 'start');
  assert.equal(replicate.error, 'the server did not say that it listens within 1 s');
});

test('what is not offered is told, recorded once, and no failure', async (context) => {
  const results = resultsFolder(context);
  const args = [...smokeOf(results, 'refuses', 'offload-only', 'node'), '--blocks=2'];
  const plan = await cli(context, [...args, '--dry-run']);
  assert.deepEqual([plan.code, plan.stderr], [0, '']);
  assert.match(
    plan.stdout,
    /^4 replicates in 2 blocks, about \d+ s, seed 1$/m,
    'of what is known to be offered',
  );
  assert.match(
    plan.stdout,
    /^not offered: \S+: offload-only has no inline topology; its manifest offers offload$/m,
  );
  assert.throws(() => readResults(results), /expected one run/, 'nothing was run');

  const { stdout } = await cli(context, args);
  const { replicates, folder } = readResults(results);
  const of = (runtime: string) => replicates.filter(({ cell }) => cell.runtime === runtime);
  assert.equal(of('node').length, 2);
  for (const [runtime, reason] of [
    ['refuses', 'API: got "native", this server offers  [31mnothing'],
    ['offload-only', 'offload-only has no inline topology; its manifest offers offload'],
  ] as const) {
    const [first, ...others] = of(runtime);
    assert.equal(first?.outcome === 'not-offered' && first.reason, reason);
    assert.deepEqual(others, [], 'a later block does not run it again');
    assert.ok(stdout.includes(reason), stdout);
  }
  assert.doesNotMatch(readFileSync(join(folder, 'report.md'), 'utf8'), /planned replicate/, 'it is complete');
});

test('a server that answers wrongly at times is measured and invalid', async (context) => {
  const results = resultsFolder(context);
  const { code } = await cli(context, smokeOf(results, 'wrong-at-times'));
  const [replicate] = readResults(results).replicates;
  assert.equal(replicate?.outcome, 'invalid');
  if (replicate?.outcome !== 'invalid') return;
  assert.ok(
    replicate.reasons.some(({ gate }) => gate === 'responses'),
    JSON.stringify(replicate.reasons),
  );
  assert.ok(replicate.requests.failed > 0);
  assert.equal(code, 3, 'a cell without a valid replicate');
});

test('a port in use makes a failed replicate that says so', async (context) => {
  const blocker = createServer();
  context.after(() => blocker.close());
  blocker.listen(0, '127.0.0.1');
  await once(blocker, 'listening');
  const address = blocker.address();
  assert.ok(address !== null && typeof address === 'object');
  const results = resultsFolder(context);
  const { code } = await cli(context, [
    ...smokeOf(results, 'node'),
    '--no-isolate',
    '--port',
    String(address.port),
  ]);
  assert.equal(code, 3);
  const [replicate] = readResults(results).replicates;
  assert.equal(replicate?.outcome, 'failed');
  if (replicate?.outcome !== 'failed') return;
  assert.equal(replicate.phase, 'start');
  assert.match(
    replicate.serverTail.join('\n'),
    new RegExp(`PORT: can't listen on 127.0.0.1 port ${address.port}`),
  );
});

for (const isolate of [true, false]) {
  const where = isolate ? 'in a namespace' : 'without a namespace';

  test(`Ctrl-C ends everything ${where}, keeps what is measured, and exits 130`, async (context) => {
    const results = resultsFolder(context);
    const flags = isolate ? [] : ['--no-isolate'];
    const started = startCli(context, [...smokeOf(results, 'node'), '--blocks=3', ...flags]);
    await started.saw(/1\/3 node/);
    const seen = await untilThereAre(started.pid, /k6 run /);
    started.child.kill('SIGINT');
    const { code, stderr } = await started.finished;
    assert.equal(code, 130);
    assert.match(stderr, /SIGINT: ending the replicate that runs/);
    assert.deepEqual(await survivors(seen), []);
    const { run, replicates, folder } = readResults(results);
    assert.equal(run.interrupted, true);
    assert.equal(replicates.length, 1);
    assert.ok(readFileSync(join(folder, 'report.md'), 'utf8').length > 0);
  });

  test(`kill -9 of the runner leaves no process behind ${where}`, async (context) => {
    const results = resultsFolder(context);
    const flags = isolate ? [] : ['--no-isolate'];
    const started = startCli(context, [...smokeOf(results, isolate ? 'leaves-a-child' : 'node'), ...flags]);
    const seen = await untilThereAre(started.pid, /k6 run /);
    started.child.kill('SIGKILL');
    await started.finished;
    assert.deepEqual(await survivors(seen), []);
  });
}
