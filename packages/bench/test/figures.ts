/** What Prometheus has of a run beside what the run itself has. */
import assert from 'node:assert/strict';
import type { TestContext } from 'node:test';
import { allDashboards } from '@acceptbench/dashboards/all';
import { ask, type Choice } from '@acceptbench/dashboards/check';
import { type Prometheus, type Series, stepSeconds } from '@acceptbench/dashboards/prometheus';
import { quantileOf } from '@acceptbench/report/mergeLoads';
import type { MeasuredReplicate } from '@acceptbench/results/replicate';

const table = { dashboard: 'acceptbench-runtimes', panel: 'Replicates: last values' };

/**
 * Against the results: completed per second by the dashboards' own expression within 2 %, since k6 pushes it whole at its end. By their
 * own expression too p99, within two buckets (a factor of 2^(1/4): both are read off buckets, whose bounds are not the same); and the accept
 * queue by its counter of connection-seconds, within 2 %. Its line is a rate over a second, which Prometheus draws a little low
 * where a counter begins: it does not extrapolate below zero. These two are read now and then, and on a machine that stands still they
 * are others: they are shown, and must agree in most replicates only where nothing stood still.
 */
export async function figuresAgree(
  context: TestContext,
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
  let agreed = 0;
  let undisturbed = 0;
  for (const replicate of measured) {
    const { cell, rates, acceptQueue, windowStartMs, responseHistogram } = replicate;
    const what = (figure: string) => `${cell.id}, ${figure}`;
    const [row] = of(completed, replicate).flatMap(({ points }) => points);
    assert.ok(
      isClose(row?.[1], rates.completedPerSecond, { factor: 1.02 }),
      what(`completed per second: Prometheus has ${row?.[1]}, the run ${rates.completedPerSecond}`),
    );
    const [tail] = of(p99, replicate).flatMap(({ points }) => points);
    assert.ok(acceptQueue !== null && responseHistogram !== null);
    const ownP99 = quantileOf(responseHistogram, 0.99) / 1000;
    // Between two readings Prometheus knows no moment, so one connection for that time can't be told from none: it matters only
    // where hardly any waits.
    const precision = { factor: 1.02, least: stepSeconds };
    // From the window's start until the server was empty, as the run has it: over the same time, the means agree as these do.
    const grown = sum(
      of(counters, replicate),
      ({ points }) => lastOf(points) - at(points, windowStartMs / 1000),
    );
    const hasTail = isClose(tail?.[1], ownP99, { factor: 2 ** (1 / 4) });
    if (hasTail && isClose(grown, acceptQueue.connectionSeconds, precision)) agreed += 1;
    if (!isDisturbed(replicate)) undisturbed += 1;
    context.diagnostic(
      what(
        `connection-seconds: Prometheus has ${grown.toFixed(2)}, the run ${acceptQueue.connectionSeconds.toFixed(2)}; p99 in s: ${tail?.[1]?.toFixed(3)} and ${ownP99.toFixed(3)}`,
      ),
    );
  }
  // Half of them are offloaded, and hardly have a queue.
  assert.ok(
    agreed > measured.length / 2 || undisturbed < measured.length,
    `${agreed} queues are the run's own`,
  );
}

/** Gates that a machine fails which stands still at times: then Prometheus misses readings, or k6 comes late. */
const disturbances = ['samples', 'suspended', 'steal', 'scheduling-lag', 'arrivals', 'dropped'];

export function isDisturbed(replicate: MeasuredReplicate): boolean {
  return replicate.outcome === 'invalid' && replicate.reasons.some(({ gate }) => disturbances.includes(gate));
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
function isClose(
  got: number | undefined,
  expected: number,
  { factor, least = 0 }: { readonly factor: number; readonly least?: number },
): boolean {
  if (got === undefined || !Number.isFinite(got)) return false;
  return Math.abs(got - expected) <= least || (got <= expected * factor && expected <= got * factor);
}
