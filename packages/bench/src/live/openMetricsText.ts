/** A metric over time, written as OpenMetrics with a timestamp a line. */
interface TimedFamily {
  readonly type: string;
  readonly help: string;
  /** Lines by series, each in order of time. */
  readonly series: Map<string, { lastMs: number; readonly lines: string[] }>;
}

export type OpenMetricsType = 'counter' | 'gauge' | 'histogram' | 'summary' | 'unknown';

export interface TimedSample {
  /** The family's name; of a counter without `_total`. */
  readonly family: string;
  readonly type: OpenMetricsType;
  readonly help: string;
  /** The series' name: the family's and its suffix. */
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
  /** Unix time in ms. */
  readonly atMs: number;
}

/**
 * Collects samples and writes them as OpenMetrics text (version 1.0.0): all series of a family together, all samples of a series
 * together and in order. It holds the whole text until then: some 150 bytes a sample.
 */
export class OpenMetricsText {
  readonly #families = new Map<string, TimedFamily>();

  /** One that is not later than the series' last one is left out: a reader refuses it. */
  add({ family, type, help, name, labels, value, atMs }: TimedSample): void {
    const known = this.#families.get(family) ?? { type, help, series: new Map() };
    this.#families.set(family, known);
    const series = `${name}{${Object.entries(labels)
      .map(([label, text]) => `${label}="${escaped(text)}"`)
      .join(',')}}`;
    const so = known.series.get(series) ?? { lastMs: Number.NEGATIVE_INFINITY, lines: [] };
    known.series.set(series, so);
    const wholeMs = Math.round(atMs);
    if (wholeMs <= so.lastMs) return;
    so.lastMs = wholeMs;
    so.lines.push(`${series} ${figure(value)} ${(wholeMs / 1000).toFixed(3)}\n`);
  }

  *text(): Generator<string> {
    for (const [name, { type, help, series }] of this.#families) {
      yield `# TYPE ${name} ${type}\n# HELP ${name} ${escaped(help)}\n`;
      for (const { lines } of series.values()) yield lines.join('');
    }
    yield '# EOF\n';
  }
}

/** As the format's grammar has it, in a label's value and in help. */
function escaped(text: string): string {
  return text.replaceAll('\\', '\\\\').replaceAll('\n', '\\n').replaceAll('"', '\\"');
}

function figure(value: number): string {
  if (Number.isNaN(value)) return 'NaN';
  if (!Number.isFinite(value)) return value > 0 ? '+Inf' : '-Inf';
  return String(value);
}
