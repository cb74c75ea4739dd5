import type { Cell } from '@acceptbench/results/cell';
import type { Figure } from '../analysis/summary.ts';
import type { RatioSummary } from '../statistics/ratio.ts';
import { loadName, topologyName, toVariants } from '../text/cell-name.ts';
import { absent, formatNumber, formatRatio } from '../text/number.ts';
import { toPlainLine } from '../text/plain.ts';
import type { HeadComparison, Row } from './comparison.ts';
import type { RunMetric } from './metrics.ts';

/** A row as every renderer shows it: the same text everywhere, so the same figures. Plain text. */
export type RowTexts = {
  /** Of the cell, only what tells the rows apart. */
  readonly name: readonly string[];
  /** `246 ±1%`: median, and half the range as a share of it. */
  readonly base: string;
  readonly head: string;
  /** `0.90 (0.88–0.92)`: the interval; in square brackets, the range. */
  readonly ratio: string;
  /** Blocks that it rests on. */
  readonly n: string;
  /** `✗ fewer`, `✓ faster`, `equivalent`, `~`. */
  readonly verdict: string;
  /** 1-based number of the footnote that says why there is no verdict; null where there is one. */
  readonly note: number | null;
  readonly row: Row;
};

/** The rows of one metric. */
export type RowGroup = {
  readonly metric: RunMetric;
  /** `completed rate, req/s (more is better)`. */
  readonly title: string;
  readonly rows: readonly RowTexts[];
};

export type HeadTexts = {
  /** Titles of `RowTexts.name`. */
  readonly names: readonly string[];
  readonly groups: readonly RowGroup[];
  /** What the numbers behind `~` say, from 1 on. */
  readonly footnotes: readonly string[];
};

/** All rows of a head as text, grouped by metric. */
export function toHeadTexts({ rows }: HeadComparison): HeadTexts {
  const footnotes: string[] = [];
  const noteOf = (reason: string) => {
    if (!footnotes.includes(reason)) footnotes.push(reason);
    return footnotes.indexOf(reason) + 1;
  };
  const namer = toNamer(rows.map(({ pair }) => [pair.base, pair.head] as const));
  const groups = [...Map.groupBy(rows, ({ metric }) => metric)].map(([metric, of]) => ({
    metric,
    title: `${metric.name}, ${metric.unit} (${metric.better} is better)`,
    rows: of.map((row): RowTexts => {
      const { comparison, verdict } = row;
      return {
        name: namer.nameOf(row.pair.base),
        base: spreadOf(comparison.baseFigure),
        head: spreadOf(comparison.headFigure),
        ratio: ratioOf(comparison.ratio),
        n: comparison.ratio.state === 'none' ? absent : String(comparison.ratio.n),
        verdict: verdictOf(row),
        note: 'reason' in verdict ? noteOf(verdict.reason) : null,
        row,
      };
    }),
  }));
  return { names: namer.titles, groups, footnotes };
}

/** The traits that tell cells apart, and no more; where base and head differ in one, that one is in the columns' titles. */
function toNamer(pairs: readonly (readonly [Cell, Cell])[]) {
  const bases = pairs.map(([base]) => base);
  const traits: readonly (readonly [title: string, of: (cell: Cell) => string])[] = [
    ['runtime', ({ runtime }) => toPlainLine(runtime)],
    ['topology', topologyName],
    ['load', shortLoad],
    ['', toVariants(bases)],
    ['arm', ({ arm }) => arm ?? ''],
  ];
  const alike = traits.filter(([, of]) => pairs.every(([base, head]) => of(base) === of(head)));
  const told = alike.filter(([, of]) => new Set(bases.map(of)).size > 1);
  // A row alone has nothing to be told apart from.
  const shown = told.length > 0 ? told : alike.filter(([title]) => title !== '' && title !== 'arm');
  const nameOf = (cell: Cell) => shown.map(([, of]) => of(cell));
  const names = new Set(bases.map((cell) => nameOf(cell).join('\n')));
  if (names.size < new Set(bases.map(({ id }) => id)).size) {
    return { titles: ['cell'], nameOf: ({ id }: Cell) => [id] };
  }
  return { titles: shown.map(([title]) => title), nameOf };
}

/** `1.3x`, `325/s`, `burst 1000`. */
function shortLoad(cell: Cell): string {
  const { load } = cell;
  if (load.kind === 'burst') return `burst ${load.connections}`;
  if (load.kind === 'closed-loop') return loadName(cell);
  const rate = load.ofCeiling === undefined ? `${formatNumber(load.ratePerSecond)}/s` : `${load.ofCeiling}x`;
  return load.silentConnections === undefined ? rate : `${rate} silent ${load.silentConnections}`;
}

function spreadOf(figure: Figure | null): string {
  if (figure === null) return absent;
  const { median, min, max, n } = figure;
  if (n < 2 || median === 0) return formatNumber(median);
  const share = ((max - min) / 2 / Math.abs(median)) * 100;
  if (share > 100) return `${formatNumber(median)} ±>100%`;
  return `${formatNumber(median)} ±${share < 0.95 ? share.toFixed(1) : formatNumber(Math.round(share))}%`;
}

function ratioOf(ratio: RatioSummary): string {
  switch (ratio.state) {
    case 'none':
      return absent;
    case 'range':
      return ratio.n === 1
        ? formatRatio(ratio.median)
        : `${formatRatio(ratio.median)} [${formatRatio(ratio.min)}–${formatRatio(ratio.max)}]`;
    case 'interval':
      return `${formatRatio(ratio.estimate)} (${formatRatio(ratio.low)}–${formatRatio(ratio.high)})`;
  }
}

function verdictOf({ comparison, metric, verdict }: Row): string {
  switch (verdict.state) {
    case 'faster':
    case 'slower': {
      const isUp = (verdict.state === 'faster') === (comparison.metric.better === 'more');
      return `${verdict.state === 'faster' ? '✓' : '✗'} ${isUp ? metric.short.up : metric.short.down}`;
    }
    case 'equivalent':
      return 'equivalent';
    case 'inconclusive':
    case 'negligible':
      return '~';
  }
}

/** `¹²` for 12. */
export function superscript(n: number): string {
  return [...String(n)].map((digit) => '⁰¹²³⁴⁵⁶⁷⁸⁹'[Number(digit)]).join('');
}
