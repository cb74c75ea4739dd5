import type { ExpositionSource } from '@acceptbench/metrics/exposition';
import type { Totals } from '@acceptbench/metrics/snapshot';
import type { MetricsServer } from './metricsServer.ts';
import type { Options } from './options.ts';
import type { Platform, Sharing } from './platform.ts';
import type { ThreadPlan } from './threadPlan.ts';

/** What a topology's mechanism is given. */
export interface MechanismContext {
  readonly platform: Platform;
  readonly options: Options;
  readonly plan: ThreadPlan;
  /** The shared metrics and how they are shown. */
  readonly source: ExpositionSource;
  readonly metrics: MetricsServer;
  /** Something is broken beyond repair: one line, and the server ends. */
  readonly fatal: (message: string) => void;
}

/** A topology that listens. */
export interface Mechanism {
  readonly port: number;
  readonly sharing: Sharing;
  /** Stops accepting; resolves when what is in flight is answered and every connection is closed. */
  drain(): Promise<void>;
  /** Closes the connections that are left. */
  dropConnections(): void;
  /** Ends what it started, at once. */
  close(): void;
  /** The labels of the info metric, which are known when it listens, for its own /metrics. */
  setInfo(info: Readonly<Record<string, string>>): void;
  /** What its threads and processes counted. */
  totals(): Totals;
}
