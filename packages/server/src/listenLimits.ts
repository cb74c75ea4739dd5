import { inUrl } from './address.ts';

/** One listening socket as `ss -H -ltn` shows it. */
export interface ListenSocket {
  /** `127.0.0.1:8080` or `[::1]:8080`. */
  readonly address: string;
  readonly port: number;
  /** Its effective backlog: min(listen argument, net.core.somaxconn), which ss shows as Send-Q. */
  readonly limit: number;
  /** What ss prints after the addresses, with `-e`. */
  readonly extended: string;
}

/** Reads what `ss -H -ltn` (or `-ltne`) prints. Never throws: lines it cannot read are in `unread`. */
export function parseListenSockets(text: string): { sockets: ListenSocket[]; unread: string[] } {
  const sockets: ListenSocket[] = [];
  const unread: string[] = [];
  for (const line of text.split('\n')) {
    if (line.trim() === '') continue;
    const match = /^LISTEN +\d+ +(\d+) +(\S+):(\d+) +\S+(.*)$/.exec(line);
    if (match === null) {
      unread.push(line);
      continue;
    }
    const [, limit, host = '', port, extended = ''] = match;
    sockets.push({ address: `${toHost(host)}:${port}`, port: Number(port), limit: Number(limit), extended });
  }
  return { sockets, unread };
}

/**
 * The listeners at an address and port, in what `ss -H -ltn` prints: another program's may have the same port at another address. All
 * of the port's where none is at the address as it was given, as when an IPv6 address is written out that ss shortens.
 */
export function listenersAt(host: string, port: number, text: string): ListenSocket[] {
  const atPort = parseListenSockets(text).sockets.filter((socket) => socket.port === port);
  const atHost = atPort.filter(({ address }) => address === `${inUrl(host)}:${port}`);
  return atHost.length > 0 ? atHost : atPort;
}

// ss writes `*` for an IPv6 socket that takes IPv4 too, and adds the interface a socket is bound to: 127.0.0.1%lo.
function toHost(host: string): string {
  return host === '*' ? '[::]' : host.replace(/%[^\]]+/, '');
}
