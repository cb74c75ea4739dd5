import type { KernelSample } from '@acceptbench/results/sample';

/** Connections waiting in the accept queues of all listeners of a sample. */
export function totalQueue(sample: KernelSample): number {
  return sample.listeners.reduce((sum, listener) => sum + listener.queue, 0);
}

/**
 * Connections taken off the accept queues between two samples: what arrived less what stayed,
 * Δ passiveOpens − Δ total queue.
 *
 * Source: PassiveOpens counts each child socket as the handshake's final ACK makes it (tcp_create_openreq_child in
 * net/ipv4/tcp_minisocks.c), which is when it joins the accept queue; a connection refused for want of a place is not
 * counted. The kernel counts per namespace, so this is exact where every listener of the namespace is in the samples,
 * and connections to others (scrapes of metrics, the rest of the host without isolation) count as accepted. Counter
 * and queue are read some tens of µs apart: under load a single difference may be off by the arrivals of that time,
 * which does not add up over a window. A listener that closes takes its queue with it, which then counts as accepted.
 *
 * @returns a number of connections, or null where the kernel has no PassiveOpens
 */
export function acceptedBetween(before: KernelSample, after: KernelSample): number | null {
  const { passiveOpens: first } = before.counters;
  const { passiveOpens: last } = after.counters;
  if (first === null || last === null) return null;
  return last - first - (totalQueue(after) - totalQueue(before));
}
