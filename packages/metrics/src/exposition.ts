import { Registry } from '@prometheus-io/client';
import {
  activeRequests,
  type HistogramDefinition,
  type HistogramKey,
  histograms,
  type ScalarDefinition,
  type ScalarKey,
  scalars,
  serverInfo,
  type Writer,
} from './catalogue.ts';
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
  render(accept: string | undefined): Promise<{ readonly contentType: string; readonly text: string }>;
}

type Value = { labels: Record<string, string>; value: number; metricName?: string };
interface Metric {
  name: string;
  readonly help: string;
  readonly type: string;
  readonly aggregator: 'sum';
  get(): { name: string; help: string; type: string; values: Value[]; aggregator: 'sum' };
}

/** Makes the exposition of a server: Prometheus text, or OpenMetrics where it is asked for. */
export function createExposition(source: ExpositionSource): Exposition {
  const prometheus = new Registry(Registry.PROMETHEUS_CONTENT_TYPE);
  const openMetrics = new Registry(Registry.OPENMETRICS_CONTENT_TYPE);
  for (const registry of [prometheus, openMetrics]) {
    for (const metric of metricsOf(source)) {
      registry.registerMetric(metric as unknown as Parameters<typeof registry.registerMetric>[0]);
    }
  }
  return {
    async render(accept) {
      const registry = accept?.includes('application/openmetrics-text') === true ? openMetrics : prometheus;
      return { contentType: registry.contentType, text: await registry.metrics() };
    },
  };
}

function metricsOf(source: ExpositionSource): Metric[] {
  const shown = (definition: ScalarDefinition | HistogramDefinition) =>
    source.threads
      .map((thread, index) => ({ index, name: thread.name, writes: thread.writes }))
      .filter(({ writes }) => writes.includes(definition.writer));
  const metrics: Metric[] = [
    toMetric(serverInfo.name, serverInfo.help, 'gauge', () =>
      Object.keys(source.info).length === 0 ? [] : [{ labels: { ...source.info }, value: 1 }],
    ),
  ];
  for (const [key, definition] of Object.entries(scalars) as [ScalarKey, ScalarDefinition][]) {
    const threads = shown(definition);
    if (threads.length === 0 || (definition.needsConnectionHook === true && !source.connectionHook)) continue;
    metrics.push(
      toMetric(definition.name, definition.help, definition.type, () =>
        threads.map(({ index, name }) => ({
          labels: { thread: name },
          value: readScalar(source.memory, index, key),
        })),
      ),
    );
  }
  const accepting = shown(histograms.requestDuration);
  metrics.push(
    toMetric(activeRequests.name, activeRequests.help, 'gauge', () =>
      accepting.map(({ index, name }) => ({ labels: { thread: name }, value: active(source.memory, index) })),
    ),
  );
  for (const [key, definition] of Object.entries(histograms) as [HistogramKey, HistogramDefinition][]) {
    const threads = shown(definition);
    if (threads.length === 0) continue;
    metrics.push(
      toMetric(definition.name, definition.help, 'histogram', () =>
        threads.flatMap(({ index, name }) =>
          readHistogram(source.memory, index, key)
            .filter((series) => series.labelValue === undefined || countOf([series]) > 0)
            .flatMap((series) => histogramValues(definition, name, series)),
        ),
      ),
    );
  }
  return metrics;
}

/** Never below zero: its parts are read one after the other while other threads write. */
function active(memory: SharedArrayBuffer, thread: number): number {
  const ended =
    countOf(readHistogram(memory, thread, 'requestDuration')) + readScalar(memory, thread, 'requestsAborted');
  return Math.max(0, readScalar(memory, thread, 'requestsStarted') - ended);
}

function histogramValues(
  definition: HistogramDefinition,
  thread: string,
  series: HistogramSnapshot,
): Value[] {
  const labels: Record<string, string> = { thread };
  if (definition.label !== undefined && series.labelValue !== undefined) {
    labels[definition.label.name] = series.labelValue;
  }
  const values: Value[] = [];
  let cumulative = 0;
  series.counts.forEach((count, index) => {
    cumulative += count;
    const bound = definition.buckets[index];
    const le = bound === undefined ? '+Inf' : String(bound);
    values.push({ metricName: `${definition.name}_bucket`, labels: { ...labels, le }, value: cumulative });
  });
  values.push({ metricName: `${definition.name}_sum`, labels, value: series.sum });
  values.push({ metricName: `${definition.name}_count`, labels, value: cumulative });
  return values;
}

/** A metric as the client's registry takes it; it renames counters when it writes OpenMetrics, hence `this.name`. */
function toMetric(name: string, help: string, type: string, values: () => Value[]): Metric {
  return {
    name,
    help,
    type,
    aggregator: 'sum',
    get() {
      return { name: this.name, help, type, values: values(), aggregator: 'sum' };
    },
  };
}
