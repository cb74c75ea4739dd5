/** What is asked of a pod here: Kubernetes' Pod Security Standard `restricted`, and a root file system that nobody writes to. */

/** A manifest, or a part of one, as it was parsed. */
// biome-ignore lint/suspicious/noExplicitAny: whatever YAML has; kubeconform knows the types.
export type Parsed = any;

/** Those of https://kubernetes.io/docs/concepts/security/pod-security-standards that the baseline lets in and these manifests use. */
const safeSysctls = ['net.ipv4.ip_local_port_range'];
const volumes = ['configMap', 'emptyDir', 'secret', 'projected', 'downwardAPI'];

/** The pods that a manifest makes, by the names of their parts; a TestRun's as k6-operator makes them of its fields. */
export function podsOf(manifest: Parsed): Record<string, Parsed> {
  if (manifest.kind === 'Deployment') return { server: manifest.spec.template.spec };
  if (manifest.kind !== 'TestRun') return {};
  const { runner, initializer, starter } = manifest.spec;
  const pod = (of: Parsed) => ({
    ...of,
    automountServiceAccountToken: of.automountServiceAccountToken !== 'false',
    containers: [{ ...of, name: 'k6', securityContext: of.containerSecurityContext }],
  });
  return { runner: pod(runner), initializer: pod(initializer), starter: pod(starter) };
}

/** What a pod does that it must not, a phrase each. */
export function violations(pod: Parsed): string[] {
  const { securityContext: of = {}, containers, volumes: mounted = [] } = pod;
  return [
    ...['hostNetwork', 'hostPID', 'hostIPC'].filter((field) => pod[field] === true),
    ...(pod.automountServiceAccountToken === false ? [] : ['it gets a token of the API server']),
    ...(of.runAsNonRoot === true && of.runAsUser > 0 && of.runAsGroup > 0 ? [] : ['it may run as root']),
    ...(of.seccompProfile?.type === 'RuntimeDefault' ? [] : ['it has no seccomp profile']),
    ...(of.sysctls ?? [])
      .filter(({ name }: Parsed) => !safeSysctls.includes(name))
      .map(({ name }: Parsed) => `sysctl ${name}`),
    ...mounted
      .filter((volume: Parsed) => !volumes.some((kind) => kind in volume))
      .map(({ name }: Parsed) => `volume ${name}`),
    ...containers.flatMap((container: Parsed) =>
      ofContainer(container).map((what) => `${container.name}: ${what}`),
    ),
  ];
}

function ofContainer({ securityContext = {}, image, resources, ports = [] }: Parsed): string[] {
  const { allowPrivilegeEscalation, capabilities, privileged, readOnlyRootFilesystem } = securityContext;
  const pinned = /@sha256:[0-9a-f]{64}$|:(?!latest$)[^:/]*\d[^:/]*$/.test(image);
  return [
    ...(allowPrivilegeEscalation === false && privileged !== true ? [] : ['it may gain privileges']),
    ...(capabilities?.drop?.includes('ALL') === true && capabilities.add === undefined
      ? []
      : ['it has capabilities']),
    ...(readOnlyRootFilesystem === true ? [] : ['it writes to its root file system']),
    ...(pinned ? [] : [`its image ${image} is not pinned`]),
    ...(isGuaranteed(resources) ? [] : ['its requests are not its limits']),
    ...ports.filter(({ hostPort }: Parsed) => hostPort !== undefined).map(() => 'a port of the host'),
  ];
}

/** With this of every container the pod's class is Guaranteed. */
function isGuaranteed({ requests, limits }: Parsed = {}): boolean {
  return ['cpu', 'memory'].every(
    (what) => requests?.[what] !== undefined && requests[what] === limits?.[what],
  );
}
