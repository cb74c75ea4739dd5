import type { Work } from '@acceptbench/handler/work';
import type { ExpositionSource } from '@acceptbench/metrics/exposition';

/** First message to a CPU worker. */
export interface CpuInit {
  readonly work: Work;
  readonly memory: SharedArrayBuffer;
  /** Its slot in the shared metrics. */
  readonly thread: number;
}

/** Every further message to a CPU worker. `queuedAt` is in Unix ms. */
export interface CpuJob {
  readonly id: number;
  readonly queuedAt: number;
}

/** What a CPU worker says. */
export type CpuMessage =
  | { readonly kind: 'ready' }
  | { readonly kind: 'done'; readonly id: number; readonly body: string }
  | { readonly kind: 'failed'; readonly id: number; readonly error: string };

/** The one message to the metrics thread. */
export interface MetricsInit {
  readonly host: string;
  readonly port: number;
  readonly source: ExpositionSource;
}

/** What the metrics thread says, once. */
export type MetricsMessage =
  | { readonly kind: 'listening'; readonly port: number }
  | { readonly kind: 'failed'; readonly error: string };

// Both ends of these messages are files of this package, posted by the structured clone: the casts are the wire.
export const fromCpuWorker = (message: unknown): CpuMessage => message as CpuMessage;
export const fromMetricsThread = (message: unknown): MetricsMessage => message as MetricsMessage;
export const toCpuInit = (message: unknown): CpuInit => message as CpuInit;
export const toCpuJob = (message: unknown): CpuJob => message as CpuJob;
export const toMetricsInit = (message: unknown): MetricsInit => message as MetricsInit;
