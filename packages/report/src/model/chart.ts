import type { StageName } from '@acceptbench/results/measurement';
import type { Table } from './table.ts';

/**
 * How a runtime looks in every chart: its place in the palette, and whether it is a further version of the same runtime
 * (drawn hollow and thin).
 */
export type Look = {
  readonly family: 'node' | 'bun' | 'deno' | 'other1' | 'other2' | 'other3';
  readonly isVariant: boolean;
};

/** A colour by its meaning: a runtime's, a stage's, or one of the page's own. */
export type Role = 'offered' | 'accepted' | 'limit';

export type Axis = {
  /** With its unit: `accept queue, connections`. */
  readonly title: string;
  readonly scale: 'linear' | 'log';
  readonly min?: number;
  readonly max?: number;
};

/** A dot with its interval, one a row. */
export type DotRow = {
  readonly label: string;
  readonly look: Look | null;
  readonly value: number | null;
  readonly low: number | null;
  readonly high: number | null;
  /** What stands at the right of the row: the verdict. */
  readonly aside: string;
  /** A second mark in the row, such as the ceiling; null without. */
  readonly mark: number | null;
};

/** Bars of stages, one a row, that sum to a mean. */
export type StackRow = {
  readonly label: string;
  readonly look: Look;
  readonly segments: readonly { readonly stage: StageName; readonly value: number }[];
  readonly aside: string;
};

export type Line = {
  readonly name: string;
  readonly look: Look | Role;
  /** A null y is a gap; with `low` and `high` the point has its range or interval. */
  readonly points: readonly (readonly [x: number, y: number | null, low?: number, high?: number])[];
  /** Too many points for a dash to be seen between them: drawn solid. */
  readonly isDense?: boolean;
  /** Points are marked: few, and each a measurement of its own. */
  readonly hasSymbols?: boolean;
};

export type LinePanel = {
  /** Empty for the only panel. */
  readonly title: string;
  readonly lines: readonly Line[];
  /** Horizontal lines with their words: a limit, an objective. */
  readonly levels: readonly { readonly name: string; readonly value: number }[];
  /** Spans of x that are shaded, such as the warm-up. */
  readonly shaded: readonly { readonly from: number; readonly to: number; readonly name: string }[];
  /** Moments that are marked at the foot of the panel: overflows. */
  readonly ticks: readonly number[];
};

/** What is drawn; colours, sizes and shapes are the renderer's. */
export type Drawing =
  | {
      readonly kind: 'dots';
      readonly axis: Axis;
      readonly rows: readonly DotRow[];
      /** A vertical line, such as 1 for a ratio. */
      readonly reference: number | null;
      /** Spans behind the dots: the margin of equivalence, the noise that an A/A run showed. */
      readonly bands: readonly { readonly name: string; readonly from: number; readonly to: number }[];
      readonly markName: string;
    }
  | { readonly kind: 'stack'; readonly axis: Axis; readonly rows: readonly StackRow[] }
  | {
      readonly kind: 'lines';
      readonly x: Axis;
      readonly y: Axis;
      /** Panels that are compared share both axes. */
      readonly panels: readonly LinePanel[];
      /** x is −log10(1 − share): labels are percentiles. */
      readonly isPercentile?: boolean;
    };

/** A chart as data: what it shows, what it says, and the same values as a table. Plain text throughout. */
export type Chart = {
  readonly id: string;
  readonly title: string;
  /** One sentence of what is seen in it. */
  readonly finding: string;
  readonly drawing: Drawing;
  readonly table: Table;
};
