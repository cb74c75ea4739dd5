import type { KernelSample } from './sample.ts';

/** Connections waiting in the accept queues of all listeners of a sample. */
export function totalQueue(sample: KernelSample): number {
  return sample.listeners.reduce((sum, listener) => sum + listener.queue, 0);
}

/**
 * Connections taken off the accept queues so far, up to a constant: passiveOpens − total queue. What differs between two
 * samples is what was accepted between them: what arrived less what stayed.
 *
 * Source: PassiveOpens counts each child socket as the handshake's final ACK makes it (tcp_create_openreq_child in
 * net/ipv4/tcp_minisocks.c), which is when it joins the accept queue; a connection refused for want of a place is not
 * counted. The kernel counts per namespace, so this is exact where every listener of the namespace is in the samples,
 * and connections to others (the rest of the host without isolation) count as accepted. Counter and queue are read some
 * tens of µs apart: under load a single difference may be off by the arrivals of that time, which does not add up over
 * a window. A listener that closes takes its queue with it, which then counts as accepted.
 *
 * @returns a number of connections, or null where the kernel has no PassiveOpens
 */
export function acceptedSoFar(sample: KernelSample): number | null {
  const { passiveOpens } = sample.counters;
  return passiveOpens === null ? null : passiveOpens - totalQueue(sample);
}
