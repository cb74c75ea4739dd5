import { createWork } from '@acceptbench/handler/work';
import type { Calibration } from '@acceptbench/results/run';
import type { Shape } from './experiments/experiment.ts';

/** Rounds of scaling at most, and how near the target's share the median is to come. */
const rounds = 4;
const closeEnough = 0.01;
/** A difference between two calibrations, as a share, beyond which the work is timed again. */
const farOff = 0.1;
const defaultBudgetMs = 600;

interface CalibrationOptions {
  readonly kind: 'wasm' | 'format';
  readonly targetMs: number;
  /** Clock in ms. */
  readonly now: () => number;
  /** Runs `iterations` turns of the work, to its end. */
  readonly run?: (iterations: number) => void;
  /** How long each of the two rounds may take, in ms. */
  readonly budgetMs?: number;
}

/**
 * What each kind of work of an experiment takes here: one calibration for each that has a target, each once. Where `known` has
 * one, as an earlier run found it, its iterations are kept and timed again: only the same work can be compared.
 */
export function calibrateWorks(
  works: Shape['works'],
  now: () => number,
  known: readonly Calibration[] = [],
): Calibration[] {
  return works.flatMap((work) => {
    if (work.kind === 'none') return [];
    const before = known.find(({ kind, targetMs }) => kind === work.kind && targetMs === work.targetMs);
    return [
      before === undefined
        ? calibrate({ ...work, now })
        : { ...before, ...timed(timer(work.kind, now), before.iterations, now) },
    ];
  });
}

/**
 * Finds how many iterations take `targetMs` on this machine: doubles until a call is long enough to time, lets the engine
 * compile what runs often, and scales by the median. Another round measures the answer itself, and where a busy machine
 * spoilt the first (it was seen 8 times off) scales again, up to `rounds` times.
 */
export function calibrate({
  kind,
  targetMs,
  now,
  budgetMs = defaultBudgetMs,
  ...options
}: CalibrationOptions): Calibration {
  const time = timer(kind, now, options.run);
  let iterations = 1000;
  while (time(iterations) < targetMs / 2 && iterations < 1e9) iterations *= 2;
  let times = measure(time, iterations, budgetMs, now);
  for (let round = 0; round < rounds && Math.abs(median(times) / targetMs - 1) > closeEnough; round += 1) {
    const scaled = Math.max(1, Math.round(iterations * (targetMs / median(times))));
    // Two significant digits more than the noise: a round number is easier to type again.
    iterations = Number(scaled.toPrecision(4));
    times = measure(time, iterations, budgetMs, now);
  }
  return { kind, targetMs, iterations, ...spreadOf(times) };
}

/**
 * What a calibrated work takes now, as a multiple of what it took then: 1.1 is 10 % longer. Timed again, up to `rounds` times,
 * while it is far off, as a machine may be busy for a while; the nearest to 1 counts.
 */
export function timeAgain(
  { kind, iterations, medianMs }: Pick<Calibration, 'kind' | 'iterations' | 'medianMs'>,
  { now, run, budgetMs = defaultBudgetMs }: Pick<CalibrationOptions, 'now' | 'run' | 'budgetMs'>,
): number {
  const time = timer(kind, now, run);
  let nearest = Number.POSITIVE_INFINITY;
  for (let round = 0; round < rounds && Math.abs(nearest - 1) > farOff; round += 1) {
    const ratio = median(measure(time, iterations, budgetMs, now)) / medianMs;
    if (Math.abs(ratio - 1) < Math.abs(nearest - 1)) nearest = ratio;
  }
  return nearest;
}

/** A function that says how long so many iterations of the work take, in ms. */
function timer(kind: CalibrationOptions['kind'], now: () => number, given?: CalibrationOptions['run']) {
  const run = given ?? ((iterations: number) => void createWork({ kind, iterations })());
  return (iterations: number) => {
    const start = now();
    run(iterations);
    return now() - start;
  };
}

/** What a known number of iterations takes, of two rounds the shorter: a busy machine only makes it longer. */
function timed(time: (iterations: number) => number, iterations: number, now: () => number) {
  const [one, other] = [0, 1].map(() => spreadOf(measure(time, iterations, defaultBudgetMs, now)));
  return one !== undefined && other !== undefined && one.medianMs < other.medianMs ? one : other;
}

function spreadOf(times: readonly number[]): Pick<Calibration, 'medianMs' | 'iqrMs' | 'n'> {
  return {
    medianMs: median(times),
    iqrMs: quantile(times, 0.75) - quantile(times, 0.25),
    n: times.length,
  };
}

/** Calls until the budget is spent, and gives the later half: the first calls are slower, before they are compiled. */
function measure(
  time: (iterations: number) => number,
  iterations: number,
  budgetMs: number,
  now: () => number,
) {
  const end = now() + budgetMs;
  const times: number[] = [];
  while (now() < end || times.length < 4) times.push(time(iterations));
  return times.slice(Math.floor(times.length / 2)).sort((a, b) => a - b);
}

function median(sorted: readonly number[]): number {
  return quantile(sorted, 0.5);
}

/** The nearest-rank quantile of sorted values. */
function quantile(sorted: readonly number[], p: number): number {
  return sorted[Math.min(sorted.length - 1, Math.floor(p * sorted.length))] ?? 0;
}
