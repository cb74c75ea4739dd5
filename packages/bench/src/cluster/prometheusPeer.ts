/** Rules of network policies that let Prometheus in, and runners out to it. */
interface Peer {
  readonly reads: object;
  readonly written: object;
}

/** Where Prometheus is usually installed, for one that is not a Service of this cluster's but has an agent in it. */
const defaultNamespace = 'monitoring';

/**
 * Whom the network policies mean by the Prometheus at this URL: the namespace of a Service's name, one address, or, for any other
 * name, everybody at that port, since a policy knows no names. Its pods are taken to listen on the port in the URL.
 */
export function prometheusPeer(url: string): Peer {
  const { hostname, port, protocol } = new URL(url);
  const ports = [{ port: port === '' ? (protocol === 'https:' ? 443 : 80) : Number(port) }];
  const namespace = /^[a-z0-9-]+\.([a-z0-9-]+)(?:\.svc(?:\.[a-z0-9.-]+)?)?$/.exec(hostname)?.[1];
  const scraped = [{ port: 'metrics' }, { port: 'probe' }];
  const reads = { from: [inNamespace(namespace ?? defaultNamespace)], ports: scraped };
  if (/^[0-9.]+$/.test(hostname))
    return { reads, written: { to: [{ ipBlock: { cidr: `${hostname}/32` } }], ports } };
  if (namespace === undefined) return { reads, written: { ports } };
  return { reads, written: { to: [inNamespace(namespace)], ports } };
}

const inNamespace = (name: string) => ({
  namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': name } },
});
