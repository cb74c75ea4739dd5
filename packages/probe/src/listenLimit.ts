import { execFile } from 'node:child_process';
import { parseListenSockets } from '@acceptbench/server/listenLimits';
import { parseNetstatListen } from './netstatListen.ts';

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
  /** `tool` is the program that showed them. */
  | { state: 'measured'; limits: ListenLimit[]; tool: string }
  | { state: 'not-measured'; limits: null; reason: string };

/**
 * Parses the output of `ss -H -ltne`, where Send-Q of a listener is its limit. Never throws: lines it cannot read are
 * in `unread`.
 */
export function parseListenLimits(text: string): { limits: ListenLimit[]; unread: string[] } {
  const { sockets, unread } = parseListenSockets(text);
  const limits = sockets.map(({ address, port, limit, extended }): ListenLimit => {
    const inode = /\bino:(\d+)/.exec(extended)?.[1];
    return { address, port, inode: inode === undefined ? null : Number(inode), limit };
  });
  return { limits, unread };
}

type RunTool = () => Promise<string>;

/** What shows limits on an OS: the command, and how its output is read. */
type Tool = {
  command: readonly [string, ...string[]];
  parse: (text: string) => { limits: ListenLimit[]; unread: string[] };
};

const ss: Tool = { command: ['ss', '-H', '-ltne'], parse: parseListenLimits };

const netstat: Tool = {
  command: ['netstat', '-Lan', '-W', '-p', 'tcp'],
  parse(text) {
    const { listeners, unread } = parseNetstatListen(text);
    const limits = listeners.map(({ address, port, limit }) => ({ address, port, inode: null, limit }));
    return { limits, unread };
  },
};

/**
 * Reads the limits of the listeners on `ports`, once: from ss on Linux, from netstat on macOS. Either costs milliseconds, so
 * it is no part of a sample.
 *
 * @param run runs the tool and gives its stdout; a test passes another
 * @param platform as `process.platform` has it
 */
export async function readListenLimits(
  ports: readonly number[],
  run?: RunTool,
  platform: string = process.platform,
): Promise<ListenLimits> {
  const tool = platform === 'darwin' ? netstat : ss;
  const [name] = tool.command;
  let text: string;
  try {
    text = await (run ?? (() => runTool(tool)))();
  } catch (error) {
    return { state: 'not-measured', limits: null, reason: whyNone(error, tool, platform) };
  }
  const { limits, unread } = tool.parse(text);
  if (unread.length > 0) {
    const reason = `${name} printed ${unread.length} lines that are no listener, the first: ${JSON.stringify(unread[0])}`;
    return { state: 'not-measured', limits: null, reason };
  }
  return { state: 'measured', limits: limits.filter((limit) => ports.includes(limit.port)), tool: name };
}

function whyNone(error: unknown, { command }: Tool, platform: string): string {
  const message = error instanceof Error ? error.message : String(error);
  const missing = error instanceof Error && 'code' in error && error.code === 'ENOENT';
  return missing
    ? `no ${command[0]} on ${platform}: listen limits come from ss -ltn; on Linux install iproute2`
    : `${command.join(' ')} failed: ${message.trim().replaceAll('\n', ' ')}`;
}

function runTool({ command: [program, ...args] }: Tool): Promise<string> {
  return new Promise((resolve, reject) => {
    execFile(program, args, { encoding: 'utf8' }, (error, stdout) => {
      if (error === null) resolve(stdout);
      else reject(error);
    });
  });
}
