import type { PlainReply, PlainRequest } from '@acceptbench/handler/routes';
import type { App } from './app.ts';
import type { Capabilities, Options } from './options.ts';

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

/** A socket that listens. */
export interface Listening {
  readonly port: number;
  /** Stops accepting and resolves when every request in flight has been answered. */
  drain(): Promise<void>;
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
  readonly connectionHook: boolean;
  /** The backlog the runtime asks for by itself, in connections; `honoured` when it takes BACKLOG instead. */
  readonly backlog: { readonly fallback: number; readonly honoured: boolean };
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
  startThread(entry: 'metrics' | 'cpu'): ThreadHandle;
  listen(options: Options, app: App): Promise<Listening>;
  /** net.core.somaxconn, which clamps every backlog; null where it cannot be read. */
  somaxconn(): number | null;
}
