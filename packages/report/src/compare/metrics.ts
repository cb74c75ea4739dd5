import { thresholds } from '../analysis/thresholds.ts';
import type { Metric } from '../statistics/compareCells.ts';

/** A figure that runs are compared by, exported by and followed by over time. */
export type RunMetric = Metric & {
  /** What a command line calls it. */
  readonly key: string;
  /** What stands in a table's cell for words.up and words.down. */
  readonly short: { readonly up: string; readonly down: string };
  /** Where both sides are below this, in the metric's unit, what is measured is the method: there is nothing to compare. */
  readonly least: number;
  /** Compared without being asked for. */
  readonly isDefault: boolean;
};

const answered = { up: 'answered later', down: 'answered sooner' };

const responseTime = (key: 'p50' | 'p90' | 'p99', isDefault: boolean): RunMetric => ({
  key,
  name: `${key} response time`,
  unit: 'ms',
  pick: ({ requests, responseTimeMs }) => (requests.completed === 0 ? null : responseTimeMs[key]),
  better: 'less',
  words: { up: `${answered.up} (${key})`, down: `${answered.down} (${key})` },
  short: { up: 'slower', down: 'faster' },
  isPercentile: true,
  least: 0,
  isDefault,
});

/** In the order in which they are shown. A replicate without the figure, such as that of a burst, has null. */
export const metrics: readonly [RunMetric, ...RunMetric[]] = [
  {
    key: 'completed',
    name: 'completed rate',
    unit: 'req/s',
    pick: ({ rates }) => rates.completedPerSecond,
    better: 'more',
    words: { up: 'completed more requests', down: 'completed fewer requests' },
    short: { up: 'more', down: 'fewer' },
    isPercentile: false,
    least: 0,
    isDefault: true,
  },
  {
    key: 'mean',
    name: 'mean response time',
    unit: 'ms',
    // Without a response there is no mean of them, whatever stands there.
    pick: ({ requests, responseTimeMs }) => (requests.completed === 0 ? null : responseTimeMs.mean),
    better: 'less',
    words: { up: `${answered.up} on average`, down: `${answered.down} on average` },
    short: { up: 'slower', down: 'faster' },
    isPercentile: false,
    least: 0,
    isDefault: true,
  },
  responseTime('p50', false),
  responseTime('p90', false),
  responseTime('p99', true),
  {
    key: 'accept-wait',
    name: 'mean wait in the accept queue',
    unit: 'ms',
    pick: ({ stages }) => stages.find(({ stage }) => stage === 'accept-queue')?.meanMs,
    better: 'less',
    words: {
      up: 'made requests wait longer in the accept queue',
      down: 'made requests wait less in the accept queue',
    },
    short: { up: 'longer', down: 'shorter' },
    isPercentile: false,
    // The stages are measured to this, so a wait that is shorter is not told from none.
    least: thresholds.stagesMs,
    isDefault: true,
  },
  {
    key: 'drain',
    name: 'time to answer a burst',
    unit: 'ms',
    pick: ({ burst }) => burst?.drainedMs,
    better: 'less',
    words: { up: 'took longer to answer a burst', down: 'answered a burst sooner' },
    short: { up: 'slower', down: 'faster' },
    isPercentile: false,
    least: 0,
    isDefault: true,
  },
  {
    key: 'capacity',
    name: 'capacity',
    unit: 'req/s',
    // It is a search's, not a replicate's.
    pick: () => null,
    better: 'more',
    words: { up: 'took a higher load', down: 'took a lower load' },
    short: { up: 'higher', down: 'lower' },
    isPercentile: false,
    least: 0,
    isDefault: true,
  },
];

export const metricKeys: readonly string[] = metrics.map(({ key }) => key);
