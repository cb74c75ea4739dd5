import { type HistogramKey, histograms, type ScalarKey } from './catalogue.ts';
import { histogramPlaces, scalarOffsets, slotOf } from './layout.ts';

/**
 * One series of a histogram: the sum in seconds, the count in each bucket (not cumulative; the last is +Inf), and the sum of the
 * moments in seconds since `momentsOriginMs`, where they are kept.
 */
export interface HistogramSnapshot {
  readonly labelValue: string | undefined;
  readonly sum: number;
  readonly counts: readonly number[];
  readonly moments: number | null;
}

/** Reads a scalar of one thread. */
export function readScalar(memory: SharedArrayBuffer, thread: number, key: ScalarKey): number {
  return slotOf(memory, thread)[scalarOffsets[key]] ?? 0;
}

/** Reads the series of a histogram of one thread, each labelled with its value where the histogram has a label. */
export function readHistogram(
  memory: SharedArrayBuffer,
  thread: number,
  key: HistogramKey,
): HistogramSnapshot[] {
  const definition = histograms[key];
  const slot = slotOf(memory, thread);
  const { offset, seriesLength, moments } = histogramPlaces[key];
  const labelValues: readonly (string | undefined)[] =
    'label' in definition ? definition.label.values : [undefined];
  return labelValues.map((labelValue, series) => {
    const start = offset + series * seriesLength;
    return {
      labelValue,
      sum: slot[start] ?? 0,
      counts: Array.from(slot.subarray(start + 1, start + seriesLength)),
      moments: moments === null ? null : (slot[moments + series] ?? 0),
    };
  });
}

/** How many values a histogram's series hold. */
export function countOf(series: readonly HistogramSnapshot[]): number {
  return series.reduce((total, { counts }) => counts.reduce((sum, count) => sum + count, total), 0);
}

/** What a server says of itself when it has drained: summed over its threads. */
export interface Totals {
  readonly accepted: number;
  readonly closed: number;
  readonly started: number;
  /** Replies handed back, whatever their status. */
  readonly completed: number;
  readonly aborted: number;
  readonly shed: number;
  readonly abandoned: number;
  readonly workerRestarts: number;
}

/** Adds up the counts of the first `threads` threads. */
export function readTotals(memory: SharedArrayBuffer, threads: number): Totals {
  const total = (read: (thread: number) => number) => {
    let sum = 0;
    for (let thread = 0; thread < threads; thread += 1) sum += read(thread);
    return sum;
  };
  const scalar = (key: ScalarKey) => total((thread) => readScalar(memory, thread, key));
  return {
    accepted: scalar('connectionsAccepted'),
    closed: scalar('connectionsClosed'),
    started: scalar('requestsStarted'),
    completed: total((thread) => countOf(readHistogram(memory, thread, 'requestDuration'))),
    aborted: scalar('requestsAborted'),
    shed: scalar('jobsShed'),
    abandoned: scalar('jobsAbandoned'),
    workerRestarts: scalar('workerRestarts'),
  };
}
