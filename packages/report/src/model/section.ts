import type { Chart } from './chart.ts';
import type { Table } from './table.ts';

/** A part of a report, in the order in which it is read. All text is plain. */
export type Block =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'heading'; readonly text: string }
  | { readonly kind: 'list'; readonly items: readonly string[] }
  | { readonly kind: 'terms'; readonly terms: readonly (readonly [word: string, meaning: string])[] }
  | { readonly kind: 'command'; readonly command: readonly string[] }
  /** A collapsed table can be opened; it is there in print. */
  | { readonly kind: 'table'; readonly table: Table; readonly isCollapsed: boolean }
  | { readonly kind: 'chart'; readonly chart: Chart }
  /** Small multiples: many charts on the same axes. `summary` names them where they are collapsed. */
  | {
      readonly kind: 'charts';
      readonly charts: readonly Chart[];
      readonly summary: string;
      readonly isCollapsed: boolean;
      /** Two in a row, in place of three. */
      readonly isLarge?: boolean;
    };

export type Section = { readonly id: string; readonly title: string; readonly blocks: readonly Block[] };
