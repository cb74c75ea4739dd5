import type { Cell } from '@acceptbench/results/cell';
import type { LoadResult } from '@acceptbench/results/load';
import { startArrivals } from './loadArrivals.ts';
import { startBurst } from './loadBurst.ts';
import { startClosedLoop } from './loadClosedLoop.ts';
import type { LiveSpec } from './messages.ts';

export interface LoadOptions {
  readonly k6Path: string;
  readonly cell: Cell;
  readonly baseUrl: string;
  readonly expectedBody: string;
  readonly summaryPath: string;
  /** Cores that the generator may use. */
  readonly loadCores: number;
  /** Unix ms by a clock that does not step. */
  readonly now: () => number;
  /** Put before a command, to confine it and to tie its life to ours. */
  readonly prefix: readonly string[];
  /** What k6 pushes its metrics to, where the run is watched. */
  readonly live?: LiveSpec | undefined;
}

/** A load that is offered. */
export interface RunningLoad {
  /** The process that offers it now: a warm-up may have had another, and between the two there is none. */
  readonly pid: number | undefined;
  /** Resolves when all it started has come to its end. */
  readonly result: Promise<LoadResult>;
  kill(): void;
}

/** Starts the generator that a cell's load is for. */
export function startLoad(options: LoadOptions): Promise<RunningLoad> {
  const { load } = options.cell;
  switch (load.kind) {
    case 'constant-arrival-rate':
      return startArrivals(options, load);
    case 'burst':
      return startBurst(options, load);
    case 'closed-loop':
      return startClosedLoop(options, load);
  }
}
