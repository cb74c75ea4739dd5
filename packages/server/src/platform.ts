import type { PlainReply, PlainRequest } from '@acceptbench/handler/routes';
import type { App } from './app.ts';
import type { Api, Capabilities } from './options.ts';

/**
 * How accept loops share a port. `single`: there is one. `sharded`: each has a listener and an accept queue of its own
 * (SO_REUSEPORT), the kernel chooses by hash. `round-robin`: one process accepts and hands connections to the others in turn.
 */
export type Sharing = 'single' | 'sharded' | 'round-robin';

/** The other thread, as its owner sees it. */
export interface ThreadHandle {
  post(message: unknown): void;
  /** Called once, when the thread has ended, for whatever reason. */
  onExit(handler: (reason: string) => void): void;
  onMessage(handler: (message: unknown) => void): void;
  terminate(): void;
}

/** The owner, as the other thread sees it. */
export interface ThreadPort {
  post(message: unknown): void;
  onMessage(handler: (message: unknown) => void): void;
}

/** Where and how to listen. */
export interface ListenRequest {
  readonly api: Api;
  readonly host: string;
  readonly port: number;
  /** The listen argument; null leaves the runtime's default. */
  readonly backlog: number | null;
  /** Share the port with other listeners by SO_REUSEPORT, each with an accept queue of its own. */
  readonly reusePort: boolean;
}

/** A socket that listens. */
export interface Listening {
  readonly port: number;
  /** Stops accepting and resolves when every request in flight has been answered and every connection is closed. */
  drain(): Promise<void>;
  /** Closes the connections that are left, whatever they are doing. */
  dropConnections(): void;
}

/** Another process of this server, as the one that started it sees it. */
export interface MemberHandle {
  onLine(handler: (line: string) => void): void;
  onErrorLine(handler: (line: string) => void): void;
  onExit(handler: (reason: string) => void): void;
  /** Tells it to drain. */
  drain(): void;
  kill(): void;
}

/** The process that starts the others of `prefork`, where it accepts for them. */
export interface Front {
  /** Accepts no more; resolves when each connection that it had accepted has been handed over. */
  close(): Promise<void>;
}

/** The process that started this one. */
export interface Owner {
  /** Calls back when the owner says that it is time to drain, and when it has gone. */
  onDrain(handler: () => void): void;
  onGone(handler: () => void): void;
}

/** Serves plain requests that need no work: the metrics thread's. */
export type PlainHandler = (
  request: PlainRequest & { readonly accept: string | undefined },
) => Promise<PlainReply>;

/** All that differs between runtimes. A server variant is one object of this shape and three entry files. */
export interface Platform {
  readonly runtime: string;
  readonly version: string;
  readonly capabilities: Capabilities;
  /** Whether this API tells of connections accepted and closed. */
  connectionHook(api: Api): boolean;
  /** The backlog that this API asks for by itself, in connections; `honoured` when it takes BACKLOG instead. */
  backlog(api: Api): { readonly fallback: number; readonly honoured: boolean };
  /** How the processes of `prefork` share their port. */
  readonly preforkSharing: Sharing;
  readonly pid: number;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Unix time in ms from a clock that all threads share and that does not step. */
  now(): number;
  print(line: string): void;
  printError(line: string): void;
  exit(code: number): void;
  /** Calls back at each SIGTERM or SIGINT. */
  onSignal(handler: () => void): void;
  after(ms: number, callback: () => void): void;
  startThread(entry: 'metrics' | 'cpu' | 'accept'): ThreadHandle;
  listen(request: ListenRequest, app: App): Promise<Listening>;
  /** Starts this server once more, as a process with these variables in its environment. */
  startMember(variables: Readonly<Record<string, string>>): MemberHandle;
  /**
   * Watches this process accept for its members, from before they listen; `accepted` is called for each connection. Null where
   * each member accepts for itself, which is where they do not share their port in turn.
   */
  readonly watchFront: ((accepted: () => void) => Front) | null;
  /** The process that started this one as a member; null where this is the server itself. */
  owner(): Owner | null;
  /** What `ss -H -ltn` prints of this network namespace; null where it can't be run. */
  listSockets(): Promise<string | null>;
  /** The body of a GET; rejects when there is none, or its status is none of success. */
  fetchText(url: string): Promise<string>;
}
