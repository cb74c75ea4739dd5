import { bucketOf, upperBoundsMs } from '@acceptbench/k6/histogram';
import { openingParts } from '@acceptbench/k6/opening';
import { quantile } from '@acceptbench/report/statistics/location';
import type { BurstResult, Histogram, TracedLoad, Trend } from '@acceptbench/results/load';
import type { Exchange } from './exchange.ts';

export interface BurstSeen {
  /** The burst's instant, by the clock of the exchanges. */
  readonly windowStartMs: number;
  readonly durationMs: number;
  /** Normal requests before it, the burst's own, and normal ones after it. */
  readonly before: readonly Exchange[];
  readonly burst: readonly Exchange[];
  readonly normal: readonly Exchange[];
}

/** Normal requests in a row that must take no longer than before, and how much longer that is. */
const inARow = 3;
const longer = 2;

const responseMs = ({ intendedMs, endedMs }: Exchange) => endedMs - intendedMs;
export const isRight = ({ verdict }: Exchange) => verdict === 'right';
const isAnswered = ({ verdict }: Exchange) => verdict !== 'errored';

/**
 * What came of a burst, as any load generator tells it: every request that was sent from the instant on, the normal ones
 * among them, since the server counts them as well.
 */
export function toBurstLoad(seen: BurstSeen): TracedLoad {
  const { windowStartMs, durationMs, before, burst, normal } = seen;
  const all = [...burst, ...normal];
  const right = all.filter(isRight);
  const shed = all.filter(({ verdict }) => verdict === 'shed');
  const errored = all.filter((each) => !isAnswered(each));
  const opening = right.map(openingOf);
  const inWindow = right.flatMap(({ endedMs }) => {
    const share = (endedMs - windowStartMs) / durationMs;
    return share < 1 ? [Math.floor(share * 3)] : [];
  });
  const inThird = (third: number) => inWindow.filter((each) => each === third).length;
  const resent = opening.filter(({ resendingMs }) => resendingMs > 0);
  return {
    windowStartMs,
    started: all.length,
    dropped: 0,
    completed: right.length,
    completedInWindow: inWindow.length,
    completedByThird: [inThird(0), inThird(1), inThird(2)],
    shed: shed.length,
    shedMs: sum(shed.map(responseMs)),
    errored: errored.length,
    wrong: all.length - right.length - shed.length - errored.length,
    connections: all.filter(({ connectedMs }) => connectedMs !== null).length,
    schedulingLag: toTrend(all.map(({ intendedMs, calledMs }) => calledMs - intendedMs)),
    openingMs: sum(opening.map(({ openingMs }) => openingMs)),
    resendingMs: sum(resent.map(({ resendingMs }) => resendingMs)),
    resent: resent.length,
    endedAtMs: sum(right.map(({ endedMs }) => endedMs - windowStartMs)),
    responseTime: toTrend(right.map(responseMs)),
    histogram: toHistogram(right.map(responseMs)),
    burst: toBurstResult(windowStartMs, before, burst, normal),
    silent: null,
  };
}

function toBurstResult(
  windowStartMs: number,
  before: readonly Exchange[],
  burst: readonly Exchange[],
  normal: readonly Exchange[],
): BurstResult {
  const connected = burst.flatMap(({ connectedMs }) => (connectedMs === null ? [] : [connectedMs]));
  const answered = burst.filter(isAnswered).map(({ endedMs }) => endedMs);
  const [next] = normal;
  const recovered = firstRecovered(normal, before);
  const usual = before.filter(isRight).map(responseMs);
  return {
    connections: burst.length,
    connected: connected.length,
    connectedMs: connected.length === 0 ? null : most(connected) - windowStartMs,
    refused: burst.length - answered.length,
    drainedMs: answered.length === 0 ? null : most(answered) - windowStartMs,
    before: { meanMs: usual.length === 0 ? 0 : sum(usual) / usual.length, n: usual.length },
    nextMs: next === undefined || !isRight(next) ? null : responseMs(next),
    recoveredMs: recovered === null ? null : recovered.intendedMs - windowStartMs,
  };
}

/** Have normal requests come to take no longer than before? */
export function isRecovered(normal: readonly Exchange[], before: readonly Exchange[]): boolean {
  return firstRecovered(normal, before) !== null;
}

/** The first of some in a row that took at most twice the mean of those before; null without. */
function firstRecovered(normal: readonly Exchange[], before: readonly Exchange[]): Exchange | null {
  const usual = before.filter(isRight).map(responseMs);
  const allowedMs = (longer * sum(usual)) / usual.length;
  const isUsual = (exchange: Exchange) => isRight(exchange) && responseMs(exchange) <= allowedMs;
  const found = normal.find((_, first) => {
    const row = normal.slice(first, first + inARow);
    return row.length === inARow && row.every(isUsual);
  });
  return found ?? null;
}

/**
 * The time before the request could be sent. Between connect's return and the event that tells of the connection the client
 * itself is late, and by then the connection already waits to be accepted: that is the accept queue's time, and not the client's.
 */
function openingOf({ calledMs, returnedMs, connectedMs }: Exchange) {
  const connecting = (connectedMs ?? calledMs) - calledMs;
  const { resendingMs } = openingParts({ blocked: connecting, connecting });
  return { resendingMs, openingMs: resendingMs > 0 ? 0 : returnedMs - calledMs };
}

function toTrend(values: readonly number[]): Trend {
  if (values.length === 0) return { n: 0, mean: 0, min: 0, p50: 0, p90: 0, p99: 0, max: 0 };
  const at = (q: number) => quantile(values, q);
  const mean = sum(values) / values.length;
  return { n: values.length, mean, min: at(0), p50: at(0.5), p90: at(0.9), p99: at(0.99), max: at(1) };
}

function toHistogram(values: readonly number[]): Histogram {
  const counts = Array.from({ length: upperBoundsMs.length + 1 }, () => 0);
  for (const value of values) {
    const bucket = bucketOf(value);
    counts[bucket] = (counts[bucket] ?? 0) + 1;
  }
  return { upperBoundsMs: [...upperBoundsMs], counts };
}

const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);
const most = (values: readonly number[]) =>
  values.reduce((max, value) => Math.max(max, value), Number.NEGATIVE_INFINITY);
