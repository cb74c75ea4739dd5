import { Registry } from '@prometheus-io/client';

/** One series of a family, now. */
export interface Series {
  /** What the series' name has after the family's: `_bucket`, `_sum`, `_count` of a histogram; absent for the rest. */
  readonly suffix?: '_bucket' | '_sum' | '_count';
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

/** A metric with all its series, as plain data. A counter's name ends in `_total`. */
export interface Family {
  readonly name: string;
  readonly help: string;
  readonly type: 'counter' | 'gauge' | 'histogram' | 'untyped';
  readonly series: readonly Series[];
}

export interface Rendered {
  readonly contentType: string;
  readonly text: string;
}

/**
 * Writes families in the format that an `Accept` header asks for: OpenMetrics, or Prometheus text. Names and labels are the
 * caller's to keep valid (`parseFamilies` gives no others); values of labels may hold anything.
 */
export async function renderFamilies(
  families: readonly Family[],
  accept: string | undefined,
): Promise<Rendered> {
  const openMetrics = accept?.includes('application/openmetrics-text') === true;
  const registry = openMetrics
    ? new Registry(Registry.OPENMETRICS_CONTENT_TYPE)
    : new Registry(Registry.PROMETHEUS_CONTENT_TYPE);
  for (const family of families) {
    registry.registerMetric(
      toMetric(family, openMetrics) as unknown as Parameters<typeof registry.registerMetric>[0],
    );
  }
  return { contentType: registry.contentType, text: await registry.metrics() };
}

/** A family as the client's registry takes a metric; it renames counters when it writes OpenMetrics, hence `this.name`. */
function toMetric({ name, help, type, series }: Family, openMetrics: boolean) {
  // The two formats have different words for "nobody says".
  const said = type === 'untyped' && openMetrics ? 'unknown' : type;
  return {
    name,
    help,
    type: said,
    aggregator: 'sum',
    get() {
      const values = series.map(({ suffix, labels, value }) => ({
        labels,
        value,
        ...(suffix === undefined ? {} : { metricName: `${this.name}${suffix}` }),
      }));
      return { name: this.name, help, type: said, values, aggregator: 'sum' };
    },
  };
}

/** The same families, each series with these labels too, which take the place of its own of those names. */
export function withLabels(families: readonly Family[], labels: Readonly<Record<string, string>>): Family[] {
  return families.map((family) => ({
    ...family,
    series: family.series.map((each) => ({ ...each, labels: { ...each.labels, ...labels } })),
  }));
}

/** Families of several sources as one list: those of one name join under the first one's help and type. */
export function joinFamilies(sources: readonly (readonly Family[])[]): Family[] {
  const joined = new Map<string, Family>();
  for (const family of sources.flat()) {
    const known = joined.get(family.name);
    joined.set(
      family.name,
      known === undefined ? family : { ...known, series: [...known.series, ...family.series] },
    );
  }
  return [...joined.values()];
}

const name = /^[a-zA-Z_:][a-zA-Z0-9_:]*$/;
const sample = /^([a-zA-Z_:][a-zA-Z0-9_:]*)(?:\{([^\n]*)\})? (\S+)(?: -?\d+)?$/;
const label = /([a-zA-Z_][a-zA-Z0-9_]*)="((?:[^"\\]|\\[\s\S])*)"(?:,|$)/y;
const types = ['counter', 'gauge', 'histogram', 'untyped'] as const;

/**
 * Reads Prometheus text of a server that is not trusted: what it gives holds valid names and numbers only, so that one that
 * writes nonsense spoils nothing but its own series. Lines that are no series are counted in `unread`, and a summary is
 * read as untyped series. Timestamps are dropped.
 */
export function parseFamilies(text: string): { families: Family[]; unread: number } {
  const families = new Map<string, { help: string; type: Family['type']; series: Series[] }>();
  const familyOf = (called: string) => {
    const known = families.get(called) ?? { help: '', type: 'untyped' as const, series: [] };
    families.set(called, known);
    return known;
  };
  let unread = 0;
  for (const line of text.split('\n')) {
    if (line === '') continue;
    if (line.startsWith('#')) {
      const [, word, called = '', rest = ''] = /^# (HELP|TYPE) (\S+) ?([^\n]*)$/.exec(line) ?? [];
      const type = types.find((each) => each === rest);
      if (!name.test(called)) continue;
      if (word === 'HELP') familyOf(called).help = unescaped(rest);
      else if (type !== undefined) familyOf(called).type = type;
      continue;
    }
    const read = parseSample(line);
    if (read === null) {
      unread += 1;
      continue;
    }
    const suffix = (['_bucket', '_sum', '_count'] as const).find((each) => read.name.endsWith(each));
    const stem = suffix === undefined ? read.name : read.name.slice(0, -suffix.length);
    const { labels, value } = read;
    if (suffix !== undefined && families.get(stem)?.type === 'histogram') {
      familyOf(stem).series.push({ suffix, labels, value });
    } else {
      familyOf(read.name).series.push({ labels, value });
    }
  }
  return {
    families: [...families].flatMap(([called, family]) =>
      family.series.length === 0 ? [] : [{ name: called, ...family }],
    ),
    unread,
  };
}

function parseSample(line: string): { name: string; labels: Record<string, string>; value: number } | null {
  const [, called, inside = '', figure = ''] = sample.exec(line) ?? [];
  const value = toNumber(figure);
  if (called === undefined || value === null) return null;
  const labels: [string, string][] = [];
  label.lastIndex = 0;
  while (label.lastIndex < inside.length) {
    const [, key, raw = ''] = label.exec(inside) ?? [];
    if (key === undefined) return null;
    labels.push([key, unescaped(raw)]);
  }
  return { name: called, labels: Object.fromEntries(labels), value };
}

function unescaped(raw: string): string {
  return raw.replace(/\\([\s\S])/g, (_, escaped: string) => (escaped === 'n' ? '\n' : escaped));
}

function toNumber(figure: string): number | null {
  if (figure === '+Inf') return Number.POSITIVE_INFINITY;
  if (figure === '-Inf') return Number.NEGATIVE_INFINITY;
  if (figure === 'NaN') return Number.NaN;
  return /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(figure) ? Number(figure) : null;
}
