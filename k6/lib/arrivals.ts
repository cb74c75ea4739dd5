import { LEAD_SECONDS, type ScriptOptions } from './options.ts';

/**
 * The load shape: a warm-up, a gap in which the server empties, and the measured window, all at a constant arrival
 * rate that does not depend on the answers (an open model).
 *
 * The scenario `measure` is longer than the window at both ends, with arrivals that send nothing. At its start k6
 * activates the virtual users one after the other (about 0.06 ms each, 0.1 s for 1,500), and the first arrivals wait
 * for that; at its end k6 forgets an arrival whose tick comes late. So exactly rate × duration arrivals are measured.
 */
const TAIL_SECONDS = 0.25;

/** The measured window within the scenario `measure`. An index counts the scenario's arrivals from 0. */
export interface MeasuredWindow {
  /** Time between two arrivals in ms, a whole number of ns. */
  readonly periodMs: number;
  readonly firstIndex: number;
  readonly arrivals: number;
  /** From the scenario's start to the intended start of the first measured arrival, in ms. */
  readonly offsetMs: number;
  readonly durationMs: number;
  /** Length of the scenario, in ms. */
  readonly scenarioMs: number;
}

/** k6 starts arrival i at i × period, with the period in whole ns; the rate is off by less than rate × 0.5 ns. */
function periodNsOf(ratePerSecond: number): number {
  return Math.round(1e9 / ratePerSecond);
}

export function measuredWindow(options: ScriptOptions): MeasuredWindow {
  const periodMs = periodNsOf(options.ratePerSecond) / 1e6;
  const firstIndex = Math.ceil((LEAD_SECONDS * 1000) / periodMs);
  const offsetMs = firstIndex * periodMs;
  const durationMs = options.durationSeconds * 1000;
  return {
    periodMs,
    firstIndex,
    arrivals: Math.round(options.ratePerSecond * options.durationSeconds),
    offsetMs,
    durationMs,
    scenarioMs: Math.ceil(offsetMs + durationMs + TAIL_SECONDS * 1000),
  };
}

/**
 * Virtual users beyond MAX_VUS, which find the server full, count their arrival as dropped and are free again at
 * once. k6 would drop such an arrival without giving it an index, and every later intended start would be wrong.
 * As many as arrive in 50 ms, which is longer than such an arrival takes.
 */
export function spareVus(options: ScriptOptions): number {
  return Math.min(200, Math.max(10, Math.ceil(options.ratePerSecond * 0.05)));
}

interface ArrivalScenario {
  readonly executor: 'constant-arrival-rate';
  readonly exec: string;
  readonly rate: number;
  readonly timeUnit: string;
  readonly duration: string;
  readonly startTime: string;
  readonly gracefulStop: string;
  readonly preAllocatedVUs: number;
  readonly maxVUs: number;
}

const milliseconds = (seconds: number): string => `${Math.round(seconds * 1000)}ms`;

/**
 * k6's scenarios. All virtual users exist before the start, and both scenarios use the same ones, since the warm-up has
 * ended (its stragglers are cut off when the gap is nearly over) when `measure` begins.
 * A rate may be a fraction: k6 wants a whole number per time unit, so the rate is 1 and the unit is the period.
 */
export function scenariosFor(options: ScriptOptions): Record<string, ArrivalScenario> {
  const window = measuredWindow(options);
  // k6 shares the arrivals as it shares the virtual users: equally only where their number can be divided.
  const vus = Math.ceil((options.maxVus + spareVus(options)) / options.runners) * options.runners;
  const common = {
    executor: 'constant-arrival-rate',
    rate: 1,
    preAllocatedVUs: vus,
    maxVUs: vus,
  } as const;
  const hasWarmup = options.warmupSeconds > 0;
  const beforeWindow = hasWarmup ? options.warmupSeconds + options.gapSeconds : LEAD_SECONDS;
  const measure: ArrivalScenario = {
    ...common,
    exec: 'measure',
    timeUnit: `${periodNsOf(options.ratePerSecond)}ns`,
    startTime: milliseconds(beforeWindow - LEAD_SECONDS),
    duration: `${window.scenarioMs}ms`,
    // Longer than any request may take: everything started comes to its end and is counted.
    gracefulStop: milliseconds(options.timeoutSeconds + 5),
  };
  if (!hasWarmup) return { measure };
  const warmup: ArrivalScenario = {
    ...common,
    exec: 'warmup',
    timeUnit: `${periodNsOf(options.warmupRatePerSecond)}ns`,
    startTime: '0s',
    duration: milliseconds(options.warmupSeconds),
    gracefulStop: milliseconds(options.gapSeconds - LEAD_SECONDS),
  };
  return { warmup, measure };
}
