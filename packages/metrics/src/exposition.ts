import {
  activeRequests,
  type HistogramDefinition,
  type HistogramKey,
  histograms,
  readTimestamp,
  type ScalarDefinition,
  type ScalarKey,
  scalars,
  serverInfo,
  type Writer,
} from './catalogue.ts';
import { type Family, type Rendered, renderFamilies, type Series } from './families.ts';
import { countOf, type HistogramSnapshot, readHistogram, readScalar } from './snapshot.ts';

/** A thread whose slot is shown, under its name, and what it writes. */
export interface ThreadDescription {
  readonly name: string;
  readonly writes: readonly Writer[];
}

/** What is shown: plain data, so that it can be posted to the thread that serves it. */
export interface ExpositionSource {
  readonly memory: SharedArrayBuffer;
  /** One for each slot, in order. */
  readonly threads: readonly ThreadDescription[];
  /** Whether the runtime tells of connections accepted and closed; without, these metrics are absent. */
  readonly connectionHook: boolean;
  /** Labels of `acceptbench_server_info`. */
  readonly info: Readonly<Record<string, string>>;
}

export interface Exposition {
  /** Renders the metrics as they are now, in the format that an `Accept` header asks for. */
  render(accept: string | undefined): Promise<Rendered>;
}

/**
 * Makes the exposition of a server: Prometheus text, or OpenMetrics where it is asked for.
 *
 * @param now Unix time in ms, for the moment at which it was read; absent where nobody says
 */
export function createExposition(source: ExpositionSource, now?: () => number): Exposition {
  return {
    render(accept) {
      const families = familiesOf(source);
      // After all of them: what is shown came before that moment, even when the thread lost its core in between.
      if (now !== undefined) families.push(readAt(now()));
      return renderFamilies(families, accept);
    },
  };
}

function readAt(atMs: number): Family {
  return { ...readTimestamp, type: 'gauge', series: [{ labels: {}, value: atMs / 1000 }] };
}

function familiesOf(source: ExpositionSource): Family[] {
  const shown = (definition: ScalarDefinition | HistogramDefinition) =>
    source.threads
      .map((thread, index) => ({ index, name: thread.name, writes: thread.writes }))
      .filter(({ writes }) => writes.includes(definition.writer));
  const families: Family[] = [
    {
      ...serverInfo,
      type: 'gauge',
      series: Object.keys(source.info).length === 0 ? [] : [{ labels: { ...source.info }, value: 1 }],
    },
  ];
  for (const [key, definition] of Object.entries(scalars) as [ScalarKey, ScalarDefinition][]) {
    const threads = shown(definition);
    if (threads.length === 0 || (definition.needsConnectionHook === true && !source.connectionHook)) continue;
    const series = threads.map(({ index, name }) => ({
      labels: { thread: name },
      value: readScalar(source.memory, index, key),
    }));
    families.push({ name: definition.name, help: definition.help, type: definition.type, series });
  }
  families.push({
    ...activeRequests,
    type: 'gauge',
    series: shown(histograms.requestDuration).map(({ index, name }) => ({
      labels: { thread: name },
      value: active(source.memory, index),
    })),
  });
  for (const [key, definition] of Object.entries(histograms) as [HistogramKey, HistogramDefinition][]) {
    const threads = shown(definition);
    if (threads.length === 0) continue;
    const seen = threads.flatMap(({ index, name }) =>
      readHistogram(source.memory, index, key)
        .filter((each) => each.labelValue === undefined || countOf([each]) > 0)
        .map((each) => ({ each, labels: labelsOf(definition, name, each) })),
    );
    families.push({
      name: definition.name,
      help: definition.help,
      type: 'histogram',
      series: seen.flatMap(({ each, labels }) => histogramSeries(definition, labels, each)),
    });
    if (definition.moments === undefined) continue;
    const series = seen.map(({ each, labels }) => ({ labels, value: each.moments ?? 0 }));
    families.push({ ...definition.moments, type: 'counter', series });
  }
  return families;
}

/** Never below zero: its parts are read one after the other while other threads write. */
function active(memory: SharedArrayBuffer, thread: number): number {
  const ended =
    countOf(readHistogram(memory, thread, 'requestDuration')) + readScalar(memory, thread, 'requestsAborted');
  return Math.max(0, readScalar(memory, thread, 'requestsStarted') - ended);
}

function labelsOf(
  { label }: HistogramDefinition,
  thread: string,
  { labelValue }: HistogramSnapshot,
): Record<string, string> {
  return label === undefined || labelValue === undefined ? { thread } : { thread, [label.name]: labelValue };
}

function histogramSeries(
  definition: HistogramDefinition,
  labels: Record<string, string>,
  series: HistogramSnapshot,
): Series[] {
  const shown: Series[] = [];
  let cumulative = 0;
  series.counts.forEach((count, index) => {
    cumulative += count;
    const bound = definition.buckets[index];
    const le = bound === undefined ? '+Inf' : String(bound);
    shown.push({ suffix: '_bucket', labels: { ...labels, le }, value: cumulative });
  });
  shown.push({ suffix: '_sum', labels, value: series.sum });
  shown.push({ suffix: '_count', labels, value: cumulative });
  return shown;
}
