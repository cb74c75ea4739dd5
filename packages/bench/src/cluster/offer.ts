import type { Cell } from '@acceptbench/results/cell';

/** What the cluster's owner allows. */
export interface Allowed {
  /** True where the kubelets of the servers' nodes allow `net.core.somaxconn`. */
  readonly somaxconn: boolean;
}

/** Why a cell can't be run by k6-operator on a cluster, in one line; null when it can. */
export function notOfferedByCluster({ load, somaxconn }: Cell, allowed: Allowed): string | null {
  if (load.kind === 'burst') return 'a burst is made by a client of acceptbench’s own, which no TestRun has';
  if (load.kind === 'closed-loop') return `k6-operator runs k6, and not ${load.generator}`;
  if (load.silentConnections !== undefined) {
    return 'silent connections are held by a client of acceptbench’s own, which no TestRun has';
  }
  if (somaxconn !== undefined && !allowed.somaxconn) {
    return `net.core.somaxconn is an unsafe sysctl for Kubernetes; where the servers' nodes allow it (kubelet --allowed-unsafe-sysctls=net.core.somaxconn), give --somaxconn`;
  }
  return null;
}
