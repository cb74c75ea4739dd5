/** What `cluster render` writes, as kustomize makes it, and with kubeconform in strict mode; and what it refuses. */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { promisify } from 'node:util';
import { hasTools, kubeconform, kustomize } from '@acceptbench/k6/manifestTools';
import { type Parsed, podsOf, violations } from '@acceptbench/k6/podRules';
import { parseAllDocuments } from 'yaml';
import { ClusterPlan } from '../src/cluster/plan.ts';
import { cli } from './cli.ts';

function folderFor(context: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), 'acceptbench-cluster-'));
  context.after(() => rmSync(folder, { recursive: true }));
  return folder;
}

async function render(context: TestContext, args: readonly string[]) {
  const out = join(folderFor(context), 'out');
  const { code, stdout, stderr } = await cli(context, ['cluster', 'render', ...args, '--out', out]);
  assert.equal(code, 0, `${stdout}${stderr}`);
  const plan = ClusterPlan.parse(JSON.parse(readFileSync(join(out, 'plan.json'), 'utf8')));
  return { out, plan, stdout };
}

/** Every file below a folder, by its path there. */
function contentsOf(folder: string): Map<string, string> {
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) =>
    entry.isFile(),
  );
  return new Map(
    entries
      .map(({ parentPath, name }) => join(parentPath, name))
      .sort()
      .map((path) => [path.slice(folder.length + 1), readFileSync(path, 'utf8')]),
  );
}

/** Builds it as `kubectl apply -k` would, checks it, and gives its resources by kind. */
async function built(folder: string): Promise<Map<string, Parsed[]>> {
  const yaml = await kustomize(folder);
  const { code, output } = await kubeconform(yaml);
  assert.equal(code, 0, `${folder}: ${output}`);
  return Map.groupBy(
    parseAllDocuments(yaml).map((document) => document.toJS()),
    ({ kind }) => kind,
  );
}

const quick = ['quick', '--runtime', 'bun,deno', '--blocks', '2', '--seed', '7', '--parallelism', '3'];

test('an experiment becomes one TestRun for each replicate, in the plan’s order, each with a server of its own', async (context) => {
  if (!(await hasTools(context))) return;
  const named = ['--namespace', 'team-a', '--image-prefix', 'registry.local:5000/x', '--cpus', '4'];
  const { out, plan } = await render(context, [
    ...quick,
    ...named,
    '--prometheus',
    'http://prom.metrics.svc:8080/',
  ]);
  assert.deepEqual([plan.cells.length, plan.replicates.length, plan.notOffered.length], [8, 16, 0]);
  assert.deepEqual(
    plan.replicates.map(({ folder }) => folder.slice('replicates/'.length)),
    readdirSync(join(out, 'replicates')).sort(),
  );
  for (const block of [1, 2]) {
    const inBlock = plan.replicates.filter((replicate) => replicate.block === block);
    assert.deepEqual(inBlock.map(({ cell }) => cell).sort(), plan.cells.map(({ id }) => id).sort());
  }
  for (const { folder, cell: id, block, testRun } of plan.replicates) {
    const cell = plan.cells.find((each) => each.id === id);
    assert.ok(cell !== undefined);
    const resources = await built(join(out, folder));
    const [[deployment], [run], [script], [service]] = ['Deployment', 'TestRun', 'ConfigMap', 'Service'].map(
      (kind) => resources.get(kind) ?? [],
    ) as Parsed[];
    const names = { run: plan.id, cell: id, block: String(block), attempt: '1' };
    const labels = { ...names, runtime: cell.runtime, api: cell.api, topology: cell.topology };
    const annotations = Object.fromEntries(
      Object.entries(labels).map(([name, is]) => [`acceptbench/${name}`, is]),
    );
    assert.deepEqual(deployment.spec.template.metadata.annotations, annotations);
    const tags = run.spec.args.flatMap((arg: string, index: number) =>
      arg === '--tag' ? [run.spec.args[index + 1]] : [],
    );
    assert.deepEqual(
      tags,
      Object.entries({ job: 'acceptbench', instance: testRun, ...labels }).map(
        ([name, is]) => `${name}=${is}`,
      ),
    );
    assert.deepEqual([run.metadata.name, run.spec.parallelism], [testRun, 3]);
    const [server, probe] = deployment.spec.template.spec.containers;
    assert.deepEqual(
      [server.image, probe.image],
      [plan.cluster.images[cell.runtime], plan.cluster.images.probe],
    );
    assert.match(
      server.image,
      new RegExp(`^registry\\.local:5000/x/server-${cell.runtime}:0\\.1\\.0-\\d+\\.\\d+\\.\\d+$`),
    );
    assert.equal(server.resources.limits.cpu, '4');
    const environment = new Map(server.env.map(({ name, value }: Parsed) => [name, value]));
    assert.equal(environment.get('TOPOLOGY'), cell.topology);
    assert.equal(environment.get('WORK'), `${cell.work.kind}:${cell.work.iterations}`);
    for (const { metadata } of [deployment, run, script, service]) assert.equal(metadata.namespace, 'team-a');
    for (const pod of [deployment, run].flatMap((each) => Object.values(podsOf(each)))) {
      assert.deepEqual(violations(pod), []);
    }
    // Each runner has its share of the users, and the whole load is in the archive.
    const archive = Buffer.from(script.binaryData['load.tar'], 'base64').toString('latin1');
    assert.match(
      archive,
      new RegExp(`"RATE": "${cell.load.kind === 'constant-arrival-rate' && cell.load.ratePerSecond}"`),
    );
    assert.match(archive, /"RUNNERS": "3"/);
  }
  const setup = await built(join(out, 'setup'));
  assert.equal(setup.get('Namespace')?.[0].metadata.name, 'team-a');
  const policies = new Map(setup.get('NetworkPolicy')?.map(({ metadata, spec }) => [metadata.name, spec]));
  const prometheus = { namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'metrics' } } };
  assert.deepEqual(policies.get('prometheus-is-written-to').egress, [
    { to: [prometheus], ports: [{ port: 8080 }] },
  ]);
  assert.deepEqual(policies.get('prometheus-reads').ingress[0].from, [prometheus]);
  const readme = readFileSync(join(out, 'README.md'), 'utf8');
  assert.match(readme, /K6_PROMETHEUS_RW_SERVER_URL=http:\/\/prom\.metrics\.svc:8080\/api\/v1\/write\n/);
});

test('the same options and seed give the same bytes; another seed gives another order and another name', async (context) => {
  const short = ['smoke', '--runtime', 'node,deno', '--blocks', '3'];
  const [one, same, other] = await Promise.all(
    ['7', '7', '8'].map((seed) => render(context, [...short, '--seed', seed])),
  );
  assert.ok(one !== undefined && same !== undefined && other !== undefined);
  assert.deepEqual(contentsOf(one.out), contentsOf(same.out));
  assert.notEqual(one.plan.id, other.plan.id);
  const order = ({ replicates }: ClusterPlan) => replicates.map(({ cell }) => cell);
  assert.notDeepEqual(order(one.plan), order(other.plan));
  assert.deepEqual(order(one.plan).sort(), order(other.plan).sort());
});

test('README.md’s loop applies one replicate after the other: the server, then its load, then both are gone', async (context) => {
  const { out, plan } = await render(context, [
    'smoke',
    '--runtime',
    'bun,deno',
    '--seed',
    '3',
    '--namespace',
    'team-a',
  ]);
  const [, , loop = ''] =
    /```sh\n(.*?)```.*?```sh\n(.*?)```/s.exec(readFileSync(join(out, 'README.md'), 'utf8')) ?? [];
  // Programs of these names that say what they were asked; the second wait fails.
  const bin = folderFor(context);
  const log = join(bin, 'log');
  writeFileSync(
    join(bin, 'kubectl'),
    `#!/bin/sh\necho "$*" >>'${log}'\ncase "$*" in *"wait testrun/acceptbench-002"*) exit 1 ;; esac\n`,
    { mode: 0o755 },
  );
  writeFileSync(join(bin, 'sleep'), `#!/bin/sh\necho "sleep $*" >>'${log}'\n`, { mode: 0o755 });
  const { stderr } = await promisify(execFile)('sh', ['-eu', '-c', loop], {
    cwd: out,
    env: { PATH: `${bin}:${process.env.PATH}` },
  });
  assert.match(stderr, /^replicates\/002-\S+\/ did not end as it should: look at its pods\n$/);
  const expected = plan.replicates.flatMap(({ folder, testRun }) => [
    `apply -k ${folder}/ -l app.kubernetes.io/component!=load`,
    '-n team-a rollout status deployment/acceptbench-server --timeout=240s',
    `apply -k ${folder}/`,
    `-n team-a wait testrun/${testRun} --for=jsonpath={.status.stage}=finished --timeout=`,
    'sleep 12',
    `delete -k ${folder}/ --wait`,
  ]);
  const asked = readFileSync(log, 'utf8').trimEnd().split('\n');
  assert.deepEqual(
    asked.map((line) => line.replace(/(finished --timeout=)\d+s$/, '$1')),
    expected,
  );
});

test('what a cluster can’t set is named, or set where its nodes allow it', async (context) => {
  if (!(await hasTools(context))) return;
  const { out, plan, stdout } = await render(context, ['backlog', '--runtime', 'node', '--somaxconn']);
  assert.deepEqual([plan.cells.length, plan.notOffered.length], [5, 0]);
  assert.match(stdout, /nominal/);
  for (const { folder, cell } of plan.replicates) {
    const limit = String(plan.cells.find(({ id }) => id === cell)?.somaxconn);
    const [deployment] = (await built(join(out, folder))).get('Deployment') ?? [];
    const { securityContext, containers } = deployment.spec.template.spec;
    assert.deepEqual(securityContext.sysctls, [{ name: 'net.core.somaxconn', value: limit }]);
    assert.equal(securityContext.runAsNonRoot, true);
    assert.ok(containers[0].env.some(({ name, value }: Parsed) => name === 'BACKLOG' && value === limit));
  }
  const [namespace] = (await built(join(out, 'setup'))).get('Namespace') ?? [];
  assert.equal(namespace.metadata.labels['pod-security.kubernetes.io/enforce'], 'privileged');
});

test('of an experiment with other loads, those are named and the rest is rendered', async (context) => {
  const { plan, stdout } = await render(context, [
    'hello',
    '--runtime',
    'node',
    '--seed',
    '1',
    '--blocks',
    '1',
  ]);
  assert.ok(plan.cells.length > 0 && plan.notOffered.length > 0);
  assert.ok(plan.cells.every(({ load }) => load.kind === 'constant-arrival-rate'));
  for (const { cell, reason } of plan.notOffered) {
    assert.match(reason, /^k6-operator runs k6, and not (wrk|oha)$/);
    assert.ok(stdout.includes(`not offered: ${cell.id}: ${reason}\n`));
  }
});

test('what is not accepted is told in one line, with exit 2, and nothing is written', async (context) => {
  const out = join(folderFor(context), 'new');
  for (const [experiment, says] of [
    ['capacity', /^capacity chooses its rates as it goes, .* \(--help shows what is accepted\)\n$/],
    ['burst', /^burst: a cluster can run none of its cells: a burst is made by a client .*\n$/],
  ] as const) {
    const { code, stderr } = await cli(context, ['cluster', 'render', experiment, '--out', out]);
    assert.equal(code, 2, stderr);
    assert.match(stderr, says);
    assert.throws(() => readdirSync(out), /ENOENT/);
  }
});
