/** What Prometheus has of a run beside what the run itself has. */
import assert from 'node:assert/strict';
import { allDashboards } from '@acceptbench/dashboards/all';
import { ask, type Choice } from '@acceptbench/dashboards/check';
import { type Prometheus, type Series, stepSeconds } from '@acceptbench/dashboards/prometheus';
import type { MeasuredReplicate } from '@acceptbench/results/replicate';

const table = { dashboard: 'acceptbench-runtimes', panel: 'Replicates: last values' };

/**
 * Against the results: completed per second and p99 by the dashboards' own expressions, within 2 % and within one bucket (a factor of
 * 2^(1/8)); the accept queue by its counter of connection-seconds, within 2 %. Its line is a rate over a second, which Prometheus draws a
 * little low where a counter begins: it does not extrapolate below zero.
 */
export async function figuresAgree(
  prometheus: Prometheus,
  measured: readonly MeasuredReplicate[],
  choice: Choice,
): Promise<void> {
  const dashboards = allDashboards();
  const { range } = choice;
  const completed = await ask(prometheus, dashboards, { ...table, legend: 'Completed' }, choice);
  const p99 = await ask(prometheus, dashboards, { ...table, legend: 'Response time p99' }, choice);
  const counters = await prometheus.query(
    `acceptbench_accept_queue_connection_seconds_total{job="${choice.job}", run="${choice.run}"}[${Math.ceil(range.toSeconds - range.fromSeconds)}s]`,
    range.toSeconds,
  );
  for (const replicate of measured) {
    const { cell, rates, responseTimeMs, acceptQueue, windowStartMs } = replicate;
    const what = (figure: string) => `${cell.id}, ${figure}`;
    const [row] = of(completed, replicate).flatMap(({ points }) => points);
    close(row?.[1], rates.completedPerSecond, { factor: 1.02 }, what('completed per second'));
    const [tail] = of(p99, replicate).flatMap(({ points }) => points);
    close(tail?.[1], responseTimeMs.p99 / 1000, { factor: 2 ** (1 / 8) }, what('p99 in s'));
    assert.ok(acceptQueue !== null);
    // Between two readings Prometheus knows no moment, so one connection for that time can't be told from none: it matters only
    // where hardly any waits.
    const precision = { factor: 1.02, least: stepSeconds };
    // From the window's start until the server was empty, as the run has it: over the same time, the means agree as these do.
    const grown = sum(
      of(counters, replicate),
      ({ points }) => lastOf(points) - at(points, windowStartMs / 1000),
    );
    close(grown, acceptQueue.connectionSeconds, precision, what('connection-seconds in the accept queue'));
  }
}

function of(series: readonly Series[], { cell, block, attempt }: MeasuredReplicate): Series[] {
  const found = series.filter(
    ({ labels }) =>
      labels.cell === cell.id && labels.block === String(block) && labels.attempt === String(attempt),
  );
  assert.ok(found.length > 0, `Prometheus has nothing of ${cell.id}`);
  return found;
}

function sum<T>(all: readonly T[], value: (each: T) => number): number {
  return all.reduce((total, each) => total + value(each), 0);
}

function lastOf(points: Series['points']): number {
  return points.at(-1)?.[1] ?? Number.NaN;
}

/** A counter at a moment, by interpolation between the two times at which it was read. */
function at(points: Series['points'], seconds: number): number {
  const after = points.findIndex(([time]) => time >= seconds);
  const [to, from] = [points[after], points[after - 1]];
  if (to === undefined) return lastOf(points);
  if (from === undefined) return to[1];
  return from[1] + ((to[1] - from[1]) * (seconds - from[0])) / (to[0] - from[0]);
}

/** Neither is more than `factor` times the other; or they differ by less than what can't be told apart. */
function close(
  got: number | undefined,
  expected: number,
  { factor, least = 0 }: { readonly factor: number; readonly least?: number },
  what: string,
): void {
  assert.ok(got !== undefined && Number.isFinite(got), `${what}: Prometheus has ${got}`);
  if (Math.abs(got - expected) <= least) return;
  assert.ok(
    got <= expected * factor && expected <= got * factor,
    `${what}: Prometheus has ${got}, the run ${expected}`,
  );
}
