import type { Cell, Topology } from '@acceptbench/results/cell';
import type { Calibration } from '@acceptbench/results/run';
import { uniformInt } from 'pure-rand/distribution/uniformInt';
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';
import type { Experiment } from './experiments/experiment.ts';

/** One run of one cell, in its place in the plan. */
export interface PlannedReplicate {
  readonly cell: Cell;
  /** 1-based. */
  readonly block: number;
  /** 1-based, over the whole plan. */
  readonly order: number;
}

/**
 * Seconds between warm-up and measured window, in which the server empties. k6 takes the last half second of it to wake its
 * virtual users, and cuts off what is still open then.
 */
export const gapSeconds = 0.75;

/** What a replicate costs beside its load: start, verify, k6's own start, drain, stop. Only the progress rests on it. */
const overheadSeconds = 1.9;

/**
 * The highest rate that the work allows, in requests per second: min(CPU workers, free cores) / mean service time.
 * An inline accept loop is one worker.
 */
export function plannedCeiling(workers: number, freeCores: number, serviceTimeMs: number): number {
  return (Math.min(workers, freeCores) * 1000) / serviceTimeMs;
}

/** Accept loops of a topology. Only `reuseport-offload` has a number of its own; without one, it is that of its workers. */
function listenersOf(topology: Topology, workers: number, listeners: number | undefined): number {
  if (topology === 'inline' || topology === 'offload') return 1;
  return topology === 'reuseport-offload' ? (listeners ?? workers) : workers;
}

function pairs<A, B>(left: readonly A[], right: readonly B[]): [A, B][] {
  return left.flatMap((a) => right.map((b): [A, B] => [a, b]));
}

/** Every cell of an experiment, in the order its file names them. */
export function toCells(experiment: Experiment, calibration: Calibration, freeCores: number): Cell[] {
  const { load } = experiment;
  const cells: Cell[] = [];
  for (const ofCeiling of load.ofCeiling) {
    for (const runtime of experiment.runtimes) {
      for (const api of experiment.apis) {
        for (const { topology, workers, listeners } of experiment.topologies) {
          for (const [policy, somaxconn] of pairs(
            experiment.policies,
            experiment.somaxconns ?? [undefined],
          )) {
            const ceiling = plannedCeiling(workers, freeCores, calibration.targetMs);
            const loops = listenersOf(topology, workers, listeners);
            const threads = topology === 'reuseport-offload' ? `w${workers}-l${loops}` : `w${workers}`;
            const limit = somaxconn === undefined ? '' : `-somaxconn${somaxconn}`;
            cells.push({
              id: `${runtime}-${api}-${topology}-${threads}-${policy}${limit}-${calibration.kind}-${ofCeiling}x`,
              runtime,
              api,
              topology,
              workers,
              listeners: loops,
              work: { kind: calibration.kind, iterations: calibration.iterations },
              policy,
              ...(somaxconn === undefined ? {} : { somaxconn }),
              load: {
                kind: 'constant-arrival-rate',
                ratePerSecond: round(ofCeiling * ceiling),
                ofCeiling,
                warmupSeconds: load.warmupSeconds,
                warmupRatePerSecond: round(load.warmupOfCeiling * ceiling),
                durationSeconds: load.durationSeconds,
              },
            });
          }
        }
      }
    }
  }
  return cells;
}

/** Blocks of all cells, each in a random order of its own; the same seed gives the same plan. */
export function toPlan(cells: readonly Cell[], blocks: number, seed: number): PlannedReplicate[] {
  const random = xoroshiro128plus(seed);
  const plan: PlannedReplicate[] = [];
  for (let block = 1; block <= blocks; block += 1) {
    // Fisher-Yates: every order is as likely as any other.
    const shuffled = [...cells];
    for (let last = shuffled.length - 1; last > 0; last -= 1) {
      const other = uniformInt(random, 0, last);
      const [a, b] = [shuffled[last], shuffled[other]];
      if (a === undefined || b === undefined) continue;
      shuffled[last] = b;
      shuffled[other] = a;
    }
    for (const cell of shuffled) plan.push({ cell, block, order: plan.length + 1 });
  }
  return plan;
}

/** About how long a replicate takes, in seconds: what overload has left in the queue is drained at the ceiling's rate. */
export function expectedSeconds({ load }: Cell): number {
  const backlogSeconds = Math.max(0, (load.ofCeiling ?? 1) - 1) * load.durationSeconds;
  return overheadSeconds + load.warmupSeconds + gapSeconds + load.durationSeconds + backlogSeconds;
}

/**
 * Virtual users: requests in flight at most, each costing k6 about a millisecond at its start. As many as gather when the
 * server completes but half of what the ceiling promises; an arrival beyond that is dropped, counted, and shown.
 */
export function virtualUsers({ load, policy }: Cell): number {
  const ceiling = load.ratePerSecond / (load.ofCeiling ?? 1);
  const gathering = Math.max(0, load.ratePerSecond - ceiling / 2) * load.durationSeconds;
  return Math.min(policy === 'close' ? 4000 : 256, Math.ceil(gathering) + 50);
}

function round(rate: number): number {
  return Math.round(rate * 1000) / 1000;
}
