import { execFile } from 'node:child_process';

/** The effective backlog of one listener. The kernel lets in one connection more. */
export type ListenLimit = {
  /** As `ListenerSample` has it: `127.0.0.1:8080` or `[::1]:8080`. */
  address: string;
  port: number;
  /** Null where this ss does not print it. */
  inode: number | null;
  /** min(listen argument, net.core.somaxconn), in connections. */
  limit: number;
};

export type ListenLimits =
  | { state: 'measured'; limits: ListenLimit[] }
  | { state: 'not-measured'; limits: null; reason: string };

/**
 * Parses the output of `ss -H -ltne`, where Send-Q of a listener is its limit. Never throws: lines it cannot read are
 * in `unread`.
 */
export function parseListenLimits(text: string): { limits: ListenLimit[]; unread: string[] } {
  const limits: ListenLimit[] = [];
  const unread: string[] = [];
  for (const line of text.split('\n')) {
    if (line.trim() === '') continue;
    const match = /^LISTEN +\d+ +(\d+) +(\S+):(\d+) +\S+(.*)$/.exec(line);
    if (match === null) {
      unread.push(line);
      continue;
    }
    const [, limit, host = '', port, extended = ''] = match;
    const inode = /\bino:(\d+)/.exec(extended)?.[1];
    limits.push({
      address: `${toHost(host)}:${port}`,
      port: Number(port),
      inode: inode === undefined ? null : Number(inode),
      limit: Number(limit),
    });
  }
  return { limits, unread };
}

// ss writes `*` for an IPv6 socket that takes IPv4 too, and adds the interface a socket is bound to: 127.0.0.1%lo.
function toHost(host: string): string {
  return host === '*' ? '[::]' : host.replace(/%[^\]]+/, '');
}

type RunSs = () => Promise<string>;

/**
 * Reads the limits of the listeners on `ports`, once: ss costs milliseconds, so it is no part of a sample.
 *
 * @param run runs `ss -H -ltne` and gives its stdout; a test passes another
 */
export async function readListenLimits(ports: readonly number[], run: RunSs = runSs): Promise<ListenLimits> {
  let text: string;
  try {
    text = await run();
  } catch (error) {
    return { state: 'not-measured', limits: null, reason: whyNoSs(error) };
  }
  const { limits, unread } = parseListenLimits(text);
  if (unread.length > 0) {
    const reason = `ss printed ${unread.length} lines that are no listener, the first: ${JSON.stringify(unread[0])}`;
    return { state: 'not-measured', limits: null, reason };
  }
  return { state: 'measured', limits: limits.filter((limit) => ports.includes(limit.port)) };
}

function whyNoSs(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  const missing = error instanceof Error && 'code' in error && error.code === 'ENOENT';
  return missing
    ? `no ss on ${process.platform}: listen limits come from ss -ltn; on Linux install iproute2`
    : `ss -H -ltne failed: ${message.trim().replaceAll('\n', ' ')}`;
}

function runSs(): Promise<string> {
  return new Promise((resolve, reject) => {
    execFile('ss', ['-H', '-ltne'], { encoding: 'utf8' }, (error, stdout) => {
      if (error === null) resolve(stdout);
      else reject(error);
    });
  });
}
