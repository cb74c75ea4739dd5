/** A Go module that holds a published definition, and the file in it. */
export interface Source {
  readonly module: string;
  readonly version: string;
  readonly file: string;
  /** Of the file, in hex. */
  readonly sha256: string;
}

/** Kubernetes' own API, of the version that k6-operator is built with; Apache-2.0. */
export const kubernetes: Source = {
  module: 'k8s.io/kubernetes',
  version: 'v1.36.3',
  file: 'api/openapi-spec/swagger.json',
  sha256: 'dcede2063da1d7ad62ecb5af8adb6d7fabd0b52385a7fa0048afb491dac90450',
};

/** The kinds of it that the manifests use. */
export const kinds = [
  { group: '', version: 'v1', kind: 'ConfigMap' },
  { group: '', version: 'v1', kind: 'Namespace' },
  { group: '', version: 'v1', kind: 'Service' },
  { group: '', version: 'v1', kind: 'ServiceAccount' },
  { group: 'apps', version: 'v1', kind: 'Deployment' },
  { group: 'networking.k8s.io', version: 'v1', kind: 'NetworkPolicy' },
] as const;

/** Kinds that others have defined, as CustomResourceDefinitions; both Apache-2.0. */
export const customKinds: readonly Source[] = [
  {
    module: 'github.com/grafana/k6-operator',
    version: 'v1.6.0',
    file: 'config/crd/bases/k6.io_testruns.yaml',
    sha256: 'd4df597bb94d210bcb9368dd4faf81da25c08194e240da98e4df8887563be185',
  },
  {
    module: 'github.com/prometheus-operator/prometheus-operator',
    version: 'v0.85.0',
    file: 'example/prometheus-operator-crd/monitoring.coreos.com_podmonitors.yaml',
    sha256: '8ce88c52c51209993511cae093089c9525f5552def88119e3f559123ee9d454b',
  },
];
