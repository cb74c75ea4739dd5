import type { Cell } from '@acceptbench/results/cell';
import type { Figure } from '../analysis/summary.ts';
import { type Context, figureOf } from '../model/context.ts';
import { loadName, topologyInWords } from '../text/cell-name.ts';
import { counted, formatFigure, formatNumber } from '../text/number.ts';
import type { Answer } from './answer.ts';

/** One answer for each runtime, from its cells; a runtime of which nothing counts is inconclusive. */
export function answerByRuntime(
  context: Context,
  toSentences: (cells: readonly Cell[], runtime: string) => readonly string[],
): Answer[] {
  return [...Map.groupBy(context.cells, ({ runtime }) => runtime)].map(([runtime, cells]) => {
    const sentences = toSentences(cells, runtime);
    const look = context.lookOf({ runtime });
    return sentences.length === 0
      ? { subject: runtime, look, state: 'inconclusive', sentences: ['Inconclusive: no valid replicate.'] }
      : {
          subject: runtime,
          look,
          state: 'answered',
          sentences: [...sentences, ...gapsInWords(context, cells)],
        };
  });
}

/** More cells than this are counted, not named. */
const mostNamed = 4;

/** Cells of which nothing counts, so that none is left out unsaid. The steps of a search are no such cells. */
function gapsInWords(
  { run, groups, validOf, nameOf, replicates }: Context,
  cells: readonly Cell[],
): string[] {
  if (run.experiment.design.kind === 'search') return [];
  const missing = cells.filter((cell) => validOf(cell).length === 0);
  if (missing.length === 0) return [];
  const isOffered = ({ id }: Cell) =>
    !replicates.some(({ outcome, cell }) => outcome === 'not-offered' && cell.id === id);
  const name = (cell: Cell) =>
    `${nameOf(cell).slice(cell.runtime.length + 1)}${groups.length > 1 ? ` at ${loadName(cell)}` : ''}${isOffered(cell) ? '' : ', not offered'}`;
  const named = missing.slice(0, mostNamed).map(name);
  const more = missing.length - named.length;
  return [
    `${counted(missing.length, 'cell')} without a valid replicate: ${named.join('; ')}${more > 0 ? `; and ${more} more` : ''}.`,
  ];
}

/** The cells that have a figure, with its median, in ascending order of it. */
export function byMedian(context: Context, cells: readonly Cell[], pick: Parameters<typeof figureOf>[2]) {
  return cells
    .flatMap((cell) => {
      const median = figureOf(context, cell, pick)?.median;
      return median === undefined ? [] : [{ cell, median }];
    })
    .sort((a, b) => a.median - b.median);
}

/** `2.1 s`, `12 ms`, `0.40 ms`. */
export function duration(ms: number | null | undefined): string {
  if (ms === null || ms === undefined || !Number.isFinite(ms)) return 'not seen';
  return ms >= 1000 ? `${formatNumber(ms / 1000)} s` : `${formatNumber(ms)} ms`;
}

/** A figure with its range, the unit behind the median: `246 req/s (245–247)`. */
export function withUnit(figure: Figure | null, unit: string): string {
  return figure === null
    ? 'not measured'
    : formatFigure(figure).replace(/^\S+/, (median) => `${median} ${unit}`);
}

/** From the least to the most of several figures' medians: `240 to 247`. */
export function span(
  figures: readonly (Figure | null | undefined)[],
  format: (value: number) => string = formatNumber,
): string {
  const medians = figures.flatMap((figure) => figure?.median ?? []);
  if (medians.length === 0) return 'not measured';
  const [low, high] = [Math.min(...medians), Math.max(...medians)].map(format);
  return low === high ? `${low}` : `${low} to ${high}`;
}

/** Cells by topology, in order of the plan, with the topology's name. */
export function byTopology(
  cells: readonly Cell[],
): { readonly name: string; readonly cells: readonly Cell[] }[] {
  return [...Map.groupBy(cells, topologyInWords)].map(([name, group]) => ({ name, cells: group }));
}

export const capital = (text: string) => text.charAt(0).toUpperCase() + text.slice(1);

/** The cells of the largest value, of those that have one and a valid replicate. */
export function largest(
  context: Context,
  cells: readonly Cell[],
  of: (cell: Cell) => number | null,
): { readonly value: number; readonly cells: readonly Cell[] } | null {
  const found = cells.flatMap((cell) => {
    const value = of(cell);
    return value === null || context.validOf(cell).length === 0 ? [] : [{ cell, value }];
  });
  if (found.length === 0) return null;
  const most = Math.max(...found.map(({ value }) => value));
  return { value: most, cells: found.flatMap(({ cell, value }) => (value === most ? [cell] : [])) };
}
