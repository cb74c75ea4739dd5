import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';

/** Connections opened at once. */
const AT_ONCE = 100;
/** Loopback addresses to connect from, in turn: each has its own ports, of which one alone may have too few. */
const ADDRESSES = 8;
/** How long a socket stays in TIME-WAIT: TCP_TIMEWAIT_LEN of the kernel. */
const STAY_MS = 60_000;

/** Lets this network namespace hold so many sockets in TIME-WAIT, and not use them again while they are counted on. */
export function prepareTimeWait(): void {
  for (const [name, value] of [
    ['tcp_tw_reuse', '0'],
    ['ip_local_port_range', '10000 65000'],
    ['tcp_max_tw_buckets', '200000'],
  ] as const) {
    writeFileSync(`/proc/sys/net/ipv4/${name}`, value);
  }
}

let firstAt = Number.NEGATIVE_INFINITY;

/**
 * Sees to it that `wanted` sockets are in TIME-WAIT, and stay there for `ms` more: where they would not, waits until they have
 * left, and opens as many connections, which the server closes first.
 */
export async function keepTimeWait(wanted: number, ms: number, port: number): Promise<void> {
  if (countTimeWait() >= wanted && performance.now() + ms < firstAt + STAY_MS) return;
  while (wanted > 0 && countTimeWait() > 0) await delay(200);
  firstAt = performance.now();
  const open = async (index: number) => {
    const localAddress = `127.0.0.${1 + (index % ADDRESSES)}`;
    const socket = connect({ port, host: '127.0.0.1', localAddress }).resume();
    await once(socket, 'close');
  };
  while (countTimeWait() < wanted) {
    if (performance.now() > firstAt + STAY_MS - ms) {
      throw new Error(`only ${countTimeWait()} of ${wanted} sockets in TIME-WAIT, and they begin to leave`);
    }
    await Promise.all(Array.from({ length: AT_ONCE }, (_, index) => open(index)));
  }
}

export function countTimeWait(): number {
  return Number(/^TCP:.* tw (\d+)/m.exec(readFileSync('/proc/net/sockstat', 'latin1'))?.[1] ?? Number.NaN);
}
