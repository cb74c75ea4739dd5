import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { hasTools, kubeconform, kustomize } from '@acceptbench/k6/manifestTools';
import { type Parsed, podsOf, violations } from '@acceptbench/k6/podRules';
import { testRunArguments } from '@acceptbench/k6/testRunArguments';
import { K6_VERSION } from '@acceptbench/k6/version';
import { runLabels } from '@acceptbench/metrics/runCatalogue';
import { parseManifest, startCommand } from '@acceptbench/server/manifest';
import { parseAllDocuments } from 'yaml';

const root = new URL('../../../', import.meta.url);
const here = (path: string) => fileURLToPath(new URL(`k6/cluster/${path}`, root));
const json = (path: string) => JSON.parse(readFileSync(new URL(path, root), 'utf8'));
const parsed = (yaml: string): Parsed[] => parseAllDocuments(yaml).map((document) => document.toJS());
const file = (path: string) => parsed(readFileSync(here(path), 'utf8'));

const runtimes = ['node', 'bun', 'deno'] as const;
const manifests = new Map(
  runtimes.map((runtime) => [runtime, parseManifest(json(`servers/${runtime}/server.json`))]),
);
const overlays = readdirSync(here('overlays')).sort();

test('there is an overlay for each runtime and topology that a server offers', () => {
  const offered = [...manifests].flatMap(([runtime, { topologies }]) =>
    topologies.map((topology) => `${runtime}-${topology}`),
  );
  assert.deepEqual(overlays, offered.sort());
});

test('each overlay, and what is applied once, passes kubeconform in strict mode', async (context) => {
  if (!(await hasTools(context))) return;
  for (const folder of ['setup', ...overlays.map((name) => `overlays/${name}`)]) {
    const { code, output } = await kubeconform(await kustomize(here(folder)));
    assert.equal(code, 0, `${folder}: ${output}`);
    const resources = folder === 'setup' ? 9 : 4;
    assert.match(output, new RegExp(`Valid: ${resources}, Invalid: 0, Errors: 0, Skipped: 0`), folder);
  }
});

test('kubeconform refuses what is misspelt, of another type, missing, or there twice', async (context) => {
  if (!(await hasTools(context))) return;
  const right = `${await kustomize(here('overlays/node-inline'))}---\n${await kustomize(here('setup'))}`;
  for (const [from, to, says] of [
    [
      'readOnlyRootFilesystem:',
      'readOnlyRootFileSystem:',
      /additional properties 'readOnlyRootFileSystem' not allowed/,
    ],
    ['  parallelism: 2', '  paralellism: 2', /TestRun .*additional properties 'paralellism' not allowed/],
    ['  parallelism: 2', '  parallelism: many', /TestRun .*got string, want integer/],
    ['podMetricsEndpoints:', 'podMetricEndpoints:', /PodMonitor .*'podMetricEndpoints' not allowed/],
    ['podSelector: {}', 'podSelektor: {}', /NetworkPolicy .*'podSelektor' not allowed/],
    ['replicas: 1', 'replicas: one', /Deployment .*got string, want integer/],
    ['clusterIP: None', 'clusterIp: None', /Service .*'clusterIp' not allowed/],
    ['  labels:\n', '  lables:\n', /'lables' not allowed/],
    ['kind: TestRun', 'kind: TestRunner', /could not find schema for TestRunner/],
    ['  replicas: 1', '  replicas: 1\n  replicas: 2', /key "replicas" already set/],
  ] as const) {
    assert.ok(right.includes(from), from);
    const { code, output } = await kubeconform(right.replace(from, to));
    assert.equal(code, 1, to);
    assert.match(output, says, to);
  }
});

test('every pod keeps to the restricted profile, is Guaranteed, and writes to nothing of its own image', async (context) => {
  if (!(await hasTools(context))) return;
  for (const overlay of overlays) {
    const pods = parsed(await kustomize(here(`overlays/${overlay}`))).flatMap((each) =>
      Object.entries(podsOf(each)),
    );
    assert.deepEqual(pods.map(([name]) => name).sort(), ['initializer', 'runner', 'server', 'starter']);
    for (const [name, pod] of pods) assert.deepEqual(violations(pod), [], `${overlay}: ${name}`);
  }
});

test('a pod that is not so is found', () => {
  const [deployment] = file('base/server.yaml');
  const pod = deployment.spec.template.spec;
  const [server] = pod.containers;
  for (const [change, says] of [
    [{ hostNetwork: true }, 'hostNetwork'],
    [{ automountServiceAccountToken: true }, 'it gets a token of the API server'],
    [{ securityContext: { ...pod.securityContext, runAsUser: 0 } }, 'it may run as root'],
    [{ securityContext: { ...pod.securityContext, seccompProfile: undefined } }, 'it has no seccomp profile'],
    [
      { securityContext: { ...pod.securityContext, sysctls: [{ name: 'net.core.somaxconn', value: '4' }] } },
      'sysctl net.core.somaxconn',
    ],
    [{ volumes: [{ name: 'root', hostPath: { path: '/' } }] }, 'volume root'],
    [{ containers: [{ ...server, image: 'node:latest' }] }, 'server: its image node:latest is not pinned'],
    [{ containers: [{ ...server, image: 'a/b:1', securityContext: {} }] }, 'server: it has capabilities'],
    [
      {
        containers: [
          { ...server, resources: { requests: { cpu: 1, memory: 1 }, limits: { cpu: 2, memory: 1 } } },
        ],
      },
      'server: its requests are not its limits',
    ],
  ] as const) {
    assert.ok(violations({ ...pod, ...change }).includes(says), says);
  }
});

test('nothing goes in or out of a pod but what a policy names', () => {
  const policies = new Map(
    file('setup/network-policies.yaml').map(({ metadata, spec }) => [metadata.name, spec]),
  );
  assert.deepEqual(policies.get('default-deny'), { podSelector: {}, policyTypes: ['Ingress', 'Egress'] });
  for (const [name, { ingress = [], egress = [] }] of policies) {
    for (const rule of [...ingress, ...egress]) {
      const peers = rule.from ?? rule.to ?? [];
      assert.ok(peers.length > 0 && rule.ports.length > 0, `${name} names whom, and at which port`);
      for (const peer of peers) assert.notDeepEqual(Object.values(peer), [{}], `${name} means somebody`);
    }
  }
});

test('images have the runtimes that this repository pins', () => {
  const { devDependencies: pinned, version } = json('package.json');
  for (const runtime of runtimes) {
    const [{ images }] = file(`components/runtimes/${runtime}/kustomization.yaml`);
    assert.deepEqual(
      images.map(({ name, newTag }: Parsed) => [name, newTag]),
      [
        ['acceptbench-server', `${version}-${pinned[runtime]}`],
        ['acceptbench-probe', `${version}-${pinned.node}`],
      ],
    );
  }
  const [{ spec }] = file('base/load.yaml');
  for (const { image } of [spec.runner, spec.initializer]) {
    assert.match(image, new RegExp(`^docker\\.io/grafana/k6:${K6_VERSION}@sha256:[0-9a-f]{64}$`));
  }
});

test('a TestRun’s arguments are those that cluster render writes', () => {
  const [{ spec }] = file('base/load.yaml');
  assert.deepEqual(spec.args, testRunArguments({ job: 'acceptbench', run: 'by-hand' }));
});

test('Deno’s prefork has the permissions that its server.json asks for', () => {
  const [{ patches }] = file('overlays/deno-prefork/kustomization.yaml');
  const [deployment] = parsed(patches[0].patch);
  const manifest = manifests.get('deno');
  assert.ok(manifest !== undefined);
  assert.deepEqual(
    deployment.spec.template.spec.containers[0].command,
    startCommand(manifest, '0.0.0.0', 'prefork'),
  );
});

test('Prometheus makes the labels of a run of the pod’s annotations', () => {
  const [{ spec }] = file('setup/pod-monitor.yaml');
  const [{ spec: deployment }] = file('base/server.yaml');
  const annotated = Object.keys(deployment.template.metadata.annotations).map((name) =>
    name.replace('acceptbench/', ''),
  );
  for (const { relabelings } of spec.podMetricsEndpoints) {
    const labels = relabelings.map(({ targetLabel }: Parsed) => targetLabel);
    // What is read is an instance by its address.
    assert.deepEqual(labels.sort(), runLabels.filter((name) => name !== 'instance').sort());
    assert.deepEqual(labels.filter((name: string) => name !== 'job').sort(), annotated.sort());
    for (const { targetLabel, sourceLabels } of relabelings) {
      if (targetLabel === 'job') continue;
      assert.deepEqual(sourceLabels, [`__meta_kubernetes_pod_annotation_acceptbench_${targetLabel}`]);
    }
  }
});
