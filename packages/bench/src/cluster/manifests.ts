import { formatWork } from '@acceptbench/handler/work';
import { testRunArguments } from '@acceptbench/k6/testRunArguments';
import type { Cell } from '@acceptbench/results/cell';
import { stringify } from 'yaml';
import { labelsOf } from '../live/labels.ts';
import type { ClusterPlan } from './plan.ts';
import { prometheusPeer } from './prometheusPeer.ts';

/** Files by their paths below the folder that is written. */
export type Files = Map<string, string>;

/** The tree of `k6/cluster` in the folder, under this name. */
export const manifestsFolder = 'manifests';

const kustomization = { apiVersion: 'kustomize.config.k8s.io/v1beta1', kind: 'Kustomization' };
const component = { apiVersion: 'kustomize.config.k8s.io/v1alpha1', kind: 'Component' };
const server = { apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'acceptbench-server' } };
const load = { apiVersion: 'k6.io/v1alpha1', kind: 'TestRun', metadata: { name: 'acceptbench-load' } };

/**
 * What kustomize is to make of a plan, on top of the manifests of `k6/cluster`: once for the namespace, once for each cell, once for
 * each replicate.
 *
 * @param archives k6's archive of each cell's load, by the cell's id
 */
export function toManifests(plan: ClusterPlan, archives: ReadonlyMap<string, Buffer>): Files {
  const files: Files = new Map();
  const add = (path: string, content: object) => files.set(path, stringify(content, { lineWidth: 0 }));
  for (const [path, content] of Object.entries(ofNamespace(plan))) add(`setup/${path}`, content);
  for (const cell of plan.cells) {
    const archive = archives.get(cell.id);
    if (archive === undefined) throw new RangeError(`there is no archive of ${cell.id}`);
    for (const [path, content] of Object.entries(ofCell(plan, cell, archive)))
      add(`cells/${cell.id}/${path}`, content);
  }
  for (const replicate of plan.replicates) {
    for (const [path, content] of Object.entries(ofReplicate(plan, replicate)))
      add(`${replicate.folder}/${path}`, content);
  }
  return files;
}

type Contents = Readonly<Record<string, object>>;

function ofNamespace({ cluster, cells }: ClusterPlan): Contents {
  const { reads, written } = prometheusPeer(cluster.prometheus);
  const policy = (name: string, spec: object) => ({
    apiVersion: 'networking.k8s.io/v1',
    kind: 'NetworkPolicy',
    metadata: { name },
    spec,
  });
  const restricted = cells.every(({ somaxconn }) => somaxconn === undefined);
  return {
    'kustomization.yaml': {
      ...kustomization,
      namespace: cluster.namespace,
      resources: [`../${manifestsFolder}/setup`],
      patches: [
        { path: 'prometheus-reads.yaml' },
        { path: 'prometheus-is-written-to.yaml' },
        ...(restricted ? [] : [{ path: 'unsafe-sysctls.yaml', target: { kind: 'Namespace' } }]),
      ],
    },
    'prometheus-reads.yaml': policy('prometheus-reads', { ingress: [reads] }),
    'prometheus-is-written-to.yaml': policy('prometheus-is-written-to', { egress: [written] }),
    ...(restricted ? {} : { 'unsafe-sysctls.yaml': unsafeSysctls }),
  };
}

/** No Pod Security Standard but `privileged` lets net.core.somaxconn in. */
const unsafeSysctls = {
  apiVersion: 'v1',
  kind: 'Namespace',
  metadata: { name: 'acceptbench', labels: { 'pod-security.kubernetes.io/enforce': 'privileged' } },
};

function ofCell({ id: run, cluster }: ClusterPlan, cell: Cell, archive: Buffer): Contents {
  const images = Object.entries({
    'acceptbench-server': cluster.images[cell.runtime],
    'acceptbench-probe': cluster.images.probe,
  }).map(([part, image = '']) => ({ name: imageOfComponent(part, cell.runtime), ...nameAndTag(image) }));
  const { id, runtime, api, topology, somaxconn } = cell;
  const annotations = annotated({ run, cell: id, runtime, api, topology });
  const resources = { cpu: String(cluster.serverCpus) };
  return {
    'kustomization.yaml': {
      ...component,
      images,
      patches: [{ path: 'server.yaml' }, { path: 'script.yaml' }],
    },
    'server.yaml': {
      ...server,
      spec: {
        template: {
          metadata: { annotations },
          spec: {
            ...(somaxconn === undefined
              ? {}
              : { securityContext: { sysctls: [{ name: 'net.core.somaxconn', value: String(somaxconn) }] } }),
            containers: [
              {
                name: 'server',
                env: environmentOf(cell),
                resources: { requests: resources, limits: resources },
              },
            ],
          },
        },
      },
    },
    'script.yaml': {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: 'acceptbench-load' },
      binaryData: { 'load.tar': archive.toString('base64') },
    },
  };
}

/** By then the runtime's component has named its image. */
function imageOfComponent(part: string, runtime: string): string {
  const name = part === 'acceptbench-probe' ? 'probe' : `server-${runtime}`;
  return `registry.example/acceptbench/${name}`;
}

function nameAndTag(image: string): { newName: string; newTag: string } {
  const colon = image.lastIndexOf(':');
  return { newName: image.slice(0, colon), newTag: image.slice(colon + 1) };
}

function environmentOf(cell: Cell): { name: string; value: string }[] {
  const { api, topology, workers, listeners, work, backlog, queueLimit } = cell;
  const variables = {
    API: api,
    TOPOLOGY: topology,
    WORKERS: workers,
    LISTENERS: topology === 'reuseport-offload' ? listeners : undefined,
    WORK: formatWork(work),
    BACKLOG: backlog,
    QUEUE_LIMIT: queueLimit,
  };
  return Object.entries(variables).flatMap(([name, value]) =>
    value === undefined ? [] : [{ name, value: String(value) }],
  );
}

function ofReplicate(plan: ClusterPlan, replicate: ClusterPlan['replicates'][number]): Contents {
  const { cluster, cells, id: run } = plan;
  const { block, attempt, testRun } = replicate;
  const cell = cells.find(({ id }) => id === replicate.cell);
  if (cell === undefined) throw new RangeError(`there is no cell ${replicate.cell}`);
  const annotations = annotated({ block: String(block), attempt: String(attempt) });
  return {
    'kustomization.yaml': {
      ...kustomization,
      namespace: cluster.namespace,
      resources: [`../../${manifestsFolder}/overlays/${cell.runtime}-${cell.topology}`],
      components: [`../../cells/${cell.id}`],
      patches: [
        { path: 'server.yaml' },
        { path: 'load.yaml', target: { kind: 'TestRun' }, options: { allowNameChange: true } },
      ],
    },
    'server.yaml': { ...server, spec: { template: { metadata: { annotations } } } },
    'load.yaml': {
      ...load,
      metadata: {
        name: testRun,
        annotations: annotated({ run, cell: cell.id, block: String(block), attempt: String(attempt) }),
      },
      spec: {
        parallelism: cluster.parallelism,
        args: testRunArguments(labelsOf({ cell, block, attempt }, run, testRun)),
      },
    },
  };
}

const annotated = (of: Readonly<Record<string, string>>) =>
  Object.fromEntries(Object.entries(of).map(([name, value]) => [`acceptbench/${name}`, value]));
