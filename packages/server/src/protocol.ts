import type { Work } from '@acceptbench/handler/work';
import type { ExpositionSource } from '@acceptbench/metrics/exposition';
import type { JobOutcome } from './offloadQueue.ts';
import type { ListenRequest } from './platform.ts';

/** The one message to a CPU worker: what follows comes by its channel. */
export interface CpuInit {
  readonly work: Work;
  readonly memory: SharedArrayBuffer;
  /** Its slot in the shared metrics. */
  readonly thread: number;
  /** Memory of the channel by which it gets jobs and gives outcomes back; see jobChannel.ts. */
  readonly channel: SharedArrayBuffer;
}

/** What a CPU worker says: that it has compiled its work, and that jobs have ended, whose outcomes are in its channel. */
export type CpuMessage = { readonly kind: 'ready' } | { readonly kind: 'ended' };

/** The first message to the metrics thread; `members` follow as URLs of other processes' slots. */
export interface MetricsInit {
  readonly kind: 'init';
  readonly host: string;
  readonly port: number;
  readonly source: ExpositionSource;
  /** Whether this process is one of `prefork`, and gives its slots to the one that started it. */
  readonly member: boolean;
}

/** What the metrics thread is told. */
export type ToMetricsThread =
  | MetricsInit
  | { readonly kind: 'members'; readonly urls: readonly string[] }
  | { readonly kind: 'info'; readonly info: Readonly<Record<string, string>> };

/** What the metrics thread says, once. */
export type MetricsMessage =
  | { readonly kind: 'listening'; readonly port: number }
  | { readonly kind: 'failed'; readonly error: string };

/** First message to an accept thread. */
export interface AcceptInit {
  readonly request: ListenRequest;
  readonly source: ExpositionSource;
  /** Its slot in the shared metrics. */
  readonly thread: number;
  /** The work it does itself; null where it hands jobs to its owner's queue. */
  readonly work: Work | null;
}

/** Every further message to an accept thread. */
export type ToAcceptThread =
  | { readonly kind: 'outcome'; readonly id: number; readonly outcome: JobOutcome }
  | { readonly kind: 'drain' }
  | { readonly kind: 'info'; readonly info: Readonly<Record<string, string>> }
  | { readonly kind: 'drop-connections' };

/** What an accept thread says. */
export type FromAcceptThread =
  | { readonly kind: 'listening'; readonly port: number }
  | { readonly kind: 'failed'; readonly error: string }
  | { readonly kind: 'submit'; readonly id: number }
  | { readonly kind: 'abandon'; readonly id: number }
  | { readonly kind: 'drained' };

// Both ends of these messages are files of this package, posted by the structured clone: the casts are the wire.
export const fromCpuWorker = (message: unknown): CpuMessage => message as CpuMessage;
export const fromMetricsThread = (message: unknown): MetricsMessage => message as MetricsMessage;
export const toCpuInit = (message: unknown): CpuInit => message as CpuInit;
export const fromAcceptThread = (message: unknown): FromAcceptThread => message as FromAcceptThread;
export const toAcceptInit = (message: unknown): AcceptInit => message as AcceptInit;
export const toAcceptThread = (message: unknown): ToAcceptThread => message as ToAcceptThread;
export const toMetricsMessage = (message: unknown): ToMetricsThread => message as ToMetricsThread;
