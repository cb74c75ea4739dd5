import type { Calibration, Link, Placement } from '@acceptbench/results/run';
import type { Experiment, Shape } from '../experiments/experiment.ts';
import type { LiveOptions } from '../live/session.ts';
import type { Server } from '../servers.ts';

/** What `acceptbench run` was asked for, checked. */
export interface RunOptions {
  readonly experiment: Experiment;
  readonly form: 'short' | 'full';
  /** The form's cells and design, as the flags changed them. */
  readonly shape: Shape;
  /** The servers it compares, by the name that its cells call `runtime`. */
  readonly taking: ReadonlyMap<string, Server>;
  /** Every cell under two names. */
  readonly aa: boolean;
  /** What its owner calls it; null without. */
  readonly name: string | null;
  readonly seed: number;
  /** Works whose iterations are given, as another run found them. */
  readonly knownWorks: readonly Calibration[];
  readonly isolate: boolean;
  /** The load generator has a host of its own, joined by this; absent: it has the server's. */
  readonly link?: Link;
  readonly placement: Placement;
  /** Folder that the run's own folder is made in. */
  readonly resultsFolder: string;
  /** How often a replicate that is invalid for a cause of the machine is run again, at most. */
  readonly retries: number;
  /** TCP port of the servers; 0 lets the kernel choose. */
  readonly port: number;
  /** How long a server may take to listen, in seconds. */
  readonly startSeconds: number;
  /** Manifests of servers that are not ours: absolute paths. */
  readonly servers: readonly string[];
  /** Who is to watch; absent: nobody. */
  readonly live?: LiveOptions;
  /** Show the plan, and run nothing. */
  readonly dryRun: boolean;
  /** Program and arguments as they were typed. */
  readonly command: readonly string[];
}
