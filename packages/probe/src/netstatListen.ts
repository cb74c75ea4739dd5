/** One listener as `netstat -L` of macOS and the BSDs shows it, in connections. */
export type NetstatListener = {
  /** As `ListenerSample` has it: `127.0.0.1:8080`, `[::1]:8080`; `*:8080` for any address, of either family. */
  address: string;
  port: number;
  /** Connections that are complete and not accepted: the accept queue now. */
  queue: number;
  /** Handshakes that are not complete. */
  incomplete: number;
  /** The listen argument as the kernel has cut it (kern.ipc.somaxconn). */
  limit: number;
};

/** Lines that are no listener and mean nothing is wrong. */
const NOTICES = [
  /^Current listen queue sizes/,
  /^(Proto +)?Listen +Local Address/,
  // Printed when the table changed while it was read: what was read still holds.
  /^Some \w+ sockets may have been (created|deleted|created or deleted)/,
];

/**
 * Parses the output of `netstat -L -a -n -W`: `qlen/incqlen/maxqlen` and the address, whose port follows its last dot. macOS
 * has two columns, FreeBSD a protocol before them. Never throws: lines it cannot read are in `unread`.
 */
export function parseNetstatListen(text: string): { listeners: NetstatListener[]; unread: string[] } {
  const listeners: NetstatListener[] = [];
  const unread: string[] = [];
  for (const line of text.split('\n')) {
    const trimmed = line.trim();
    if (trimmed === '' || NOTICES.some((notice) => notice.test(trimmed))) continue;
    const match = /^(?:tcp\w* +)?(\d+)\/(\d+)\/(\d+) +(\S+)\.(\d{1,5})$/.exec(trimmed);
    const [, queue, incomplete, limit, host = '', port] = match ?? [];
    if (match === null || Number(port) > 65_535) {
      // Sockets of the local domain are listed too, by their path.
      if (!/^unix\b|^\d+\/\d+\/\d+ +\//.test(trimmed)) unread.push(line);
      continue;
    }
    listeners.push({
      address: `${toHost(host)}:${port}`,
      port: Number(port),
      queue: Number(queue),
      incomplete: Number(incomplete),
      limit: Number(limit),
    });
  }
  return { listeners, unread };
}

/** IPv6 in brackets, without the interface it is bound to: `fe80::1%en0` is `[fe80::1]`. */
function toHost(host: string): string {
  return host.includes(':') ? `[${host.replace(/%.*$/, '')}]` : host;
}
