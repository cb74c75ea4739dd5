import { Counter, Gauge, Trend } from 'k6/metrics';
import type { MeasuredWindow } from './arrivals.ts';
import type { Verdict } from './checks.ts';
import { bucketName, bucketOf, upperBoundsMs } from './histogram.ts';
import { type OpeningTimings, openingParts } from './opening.ts';

const schedulingLag = new Trend('scheduling_lag', true);
const responseTime = new Trend('response_time', true);
/** A counter for each bucket of the histogram: k6's summary has no other way to hand one over. */
const buckets = Array.from(
  { length: upperBoundsMs.length + 1 },
  (_, bucket) => new Counter(bucketName(bucket)),
);
const windowStart = new Gauge('window_start');
const dropped = new Counter('dropped');
const completed = new Counter('completed');
const completedInWindow = new Counter('completed_in_window');
const completedByThird = [
  new Counter('completed_first_third'),
  new Counter('completed_second_third'),
  new Counter('completed_last_third'),
] as const;
const shed = new Counter('shed');
const shedMs = new Counter('shed_ms');
const errored = new Counter('errored');
const wrong = new Counter('wrong');
const wrongReasons = {
  'wrong-status': new Counter('wrong_status'),
  'wrong-content-type': new Counter('wrong_content_type'),
  'wrong-body': new Counter('wrong_body'),
} as const;
const connections = new Counter('connections');
// Sums in ms over the right responses, as counters: a trend would keep every value.
const openingMs = new Counter('opening_ms');
const resendingMs = new Counter('resending_ms');
const resent = new Counter('resent');
const endedAtMs = new Counter('ended_at_ms');

/** Makes the counters that are watched be heard of, though nothing has happened. */
export function recordNothing(): void {
  for (const counter of [
    completed,
    completedInWindow,
    dropped,
    shed,
    errored,
    wrong,
    connections,
    openingMs,
    resendingMs,
  ]) {
    counter.add(0);
  }
}

/** An arrival that found MAX_VUS requests in flight. */
export function recordDropped(): void {
  dropped.add(1);
}

/** `lagMs`: actual start minus intended start. `windowStartMs`: Unix ms, at the latest; the highest of all counts. */
export function recordStart(lagMs: number, windowStartMs: number): void {
  schedulingLag.add(lagMs);
  windowStart.add(windowStartMs);
}

/** A request that opened a connection of its own. */
export function recordConnection(): void {
  connections.add(1);
}

function recordRight(
  intendedMs: number,
  responseMs: number,
  timings: OpeningTimings,
  window: MeasuredWindow,
): void {
  responseTime.add(responseMs);
  buckets[bucketOf(responseMs)]?.add(1);
  completed.add(1);
  const before = openingParts(timings);
  openingMs.add(before.openingMs);
  if (before.resendingMs > 0) {
    resendingMs.add(before.resendingMs);
    resent.add(1);
  }
  endedAtMs.add(intendedMs + responseMs);
  const share = (intendedMs + responseMs) / window.durationMs;
  if (share >= 1) return;
  completedInWindow.add(1);
  completedByThird[Math.floor(share * 3)]?.add(1);
}

/** `intendedMs`: intended start since the window's start. `responseMs`: from there to the end of the response. */
export function recordOutcome(
  verdict: Verdict,
  intendedMs: number,
  responseMs: number,
  timings: OpeningTimings,
  window: MeasuredWindow,
): void {
  if (verdict === 'right') {
    recordRight(intendedMs, responseMs, timings, window);
  } else if (verdict === 'shed') {
    shed.add(1);
    shedMs.add(responseMs);
  } else if (verdict === 'errored') {
    errored.add(1);
  } else {
    wrong.add(1);
    wrongReasons[verdict].add(1);
  }
}
