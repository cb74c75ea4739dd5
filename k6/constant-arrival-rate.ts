/**
 * Offers requests at a constant rate, whatever the server answers, and says how long each took from the moment at which
 * it was meant to start. By hand, against a server that listens:
 *
 *   k6 run k6/constant-arrival-rate.ts -e BASE_URL=http://127.0.0.1:8080 -e RATE=300
 *
 * and in what it prints, under CUSTOM: `completed` and its thirds, `response_time` (free of coordinated omission, other
 * than `http_req_duration`), `scheduling_lag` (k6's own delay: when it is not small, k6 is the bottleneck), `connections`;
 * and, only when there are any, `dropped`, `shed`, `errored` and `wrong`. These hold the measured window alone, k6's own metrics
 * the warm-up too. Variables, their defaults and limits: `lib/options.ts`.
 */
import exec from 'k6/execution';
import { measuredWindow, scenariosFor } from './lib/arrivals.ts';
import { judge } from './lib/checks.ts';
import { recordConnection, recordDropped, recordNothing, recordOutcome, recordStart } from './lib/metrics.ts';
import { parseOptions } from './lib/options.ts';
import { requestFor } from './lib/requests.ts';

const script = parseOptions(__ENV);
const window = measuredWindow(script);
// Each runner has its share of the virtual users, the spare ones too.
const maxVusHere = Math.max(1, Math.floor(script.maxVus / script.runners));
const send = requestFor(script);
/** Arrivals in 0.2 s: k6 pushes every 0.25 s, and only what was counted since. */
const steadyArrivals = Math.max(1, Math.round(script.ratePerSecond * 0.2));

export const options = {
  scenarios: scenariosFor(script),
  noConnectionReuse: script.policy === 'close',
  summaryTrendStats: ['count', 'avg', 'min', 'p(50)', 'p(90)', 'p(99)', 'max'],
  // Always true: k6 shows a metric for one scenario only where a threshold names it.
  thresholds: { 'dropped_iterations{scenario:measure}': ['count>=0'] },
};

// k6 makes a new object at each `exec.scenario` and `exec.instance`; the properties of one object stay up to date. They
// exist in a virtual user only, so the first iteration of each takes them.
let scenario: typeof exec.scenario | undefined;
let instance: typeof exec.instance | undefined;

/**
 * Time since the window's start in ms: from k6's monotonic clock, which stands still once the scenario's duration is
 * over; from then on by the wall clock, which has whole milliseconds, so one is added to keep it an upper bound.
 */
function sinceWindowStart(): number {
  scenario ??= exec.scenario;
  const { progress } = scenario;
  if (progress < 1) return progress * window.scenarioMs - window.offsetMs;
  return Date.now() + 1 - (scenario.startTime + window.offsetMs);
}

export function warmup(): void {
  send();
}

export function measure(): void {
  // By both clocks, the wall clock first: the difference is a lower bound of the window's start in Unix ms. The wall clock has whole
  // milliseconds, and so has the scenario's start that k6 tells, which would be early by half of one on average. The highest of
  // these bounds comes as near to the start as any arrival comes to a tick of the wall clock.
  const wallMs = Date.now();
  const startedMs = sinceWindowStart();
  scenario ??= exec.scenario;
  instance ??= exec.instance;
  if (script.countsSteadily && scenario.iterationInTest % steadyArrivals === 0) recordNothing();
  const index = scenario.iterationInTest - window.firstIndex;
  if (index < 0 || index >= window.arrivals) return;
  if (instance.vusActive > maxVusHere) {
    recordDropped();
    return;
  }

  const intendedMs = index * window.periodMs;
  const lagMs = startedMs - intendedMs;
  recordStart(lagMs, wallMs - startedMs);

  const response = send();
  const { blocked, connecting, duration } = response.timings;
  if (connecting > 0) recordConnection();
  // `blocked` is the wait for a connection, connecting included; `duration` is the rest, up to the last byte. On a busy
  // machine they overlap (k6 counts the time from "connected" to "noticed it" in both), and the clock here also counts
  // the script's own time after the response. Both are upper bounds, so the smaller one holds.
  const responseMs = Math.min(lagMs + blocked + duration, sinceWindowStart() - intendedMs);
  recordOutcome(
    judge(response, script.expectedBody, script.sheds),
    intendedMs,
    responseMs,
    response.timings,
    window,
  );
}
