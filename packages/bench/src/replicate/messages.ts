import type { RunLabels } from '@acceptbench/metrics/runCatalogue';
import type { Replicate } from '@acceptbench/results/replicate';
import type { Isolation, Placement } from '@acceptbench/results/run';
import type { Manifest } from '@acceptbench/server/manifest';
import type { PlannedReplicate } from '../plan.ts';

/** All that the process of one replicate needs to know. */
export interface ReplicateSpec extends PlannedReplicate {
  readonly manifest: Manifest;
  /** Folder that the server's command runs in. */
  readonly folder: string;
  readonly k6Path: string;
  readonly isolation: Isolation;
  /** Cores that the load generator may use. */
  readonly loadCores: number;
  readonly placement: Placement;
  /** TCP port of the server; 0 lets the kernel choose. */
  readonly port: number;
  /** How long the server may take to listen, in seconds. */
  readonly startSeconds: number;
  readonly samplesPath: string;
  readonly summaryPath: string;
  /** Where its metrics go while it lives, and under which labels; absent: nowhere. */
  readonly live?: LiveSpec;
  /** The environment that runtimes inherit; what names a server's option is the replicate's own. */
  readonly path: string;
}

/** What a replicate needs to know to be watched while it lives. */
export interface LiveSpec {
  readonly labels: RunLabels;
  /** Prometheus' remote-write receiver, which k6 pushes to. */
  readonly writeUrl: string;
}

/** Where a replicate is in its life. */
export type Phase =
  | 'isolate'
  | 'start'
  | 'verify'
  | 'warm up'
  | 'measure'
  | 'drain'
  | 'stop'
  | 'close the books';

/** From the runner to the replicate's process: what to do, or an early end. */
export type ToReplicate = { readonly kind: 'run'; readonly spec: ReplicateSpec } | { readonly kind: 'stop' };

/** From the replicate's process to the runner. */
export type FromReplicate =
  | { readonly kind: 'phase'; readonly phase: Phase }
  /** Its metrics are served at this URL while it lives. */
  | { readonly kind: 'metrics'; readonly url: string }
  /** What its metrics were when the server was empty again, as Prometheus text. */
  | { readonly kind: 'last metrics'; readonly text: string }
  | { readonly kind: 'done'; readonly replicate: Replicate };
