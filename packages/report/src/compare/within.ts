import type { Cell } from '@acceptbench/results/cell';
import { type ComparedRun, cellsOf, differenceInWords, type Matched, toPair } from './runs.ts';

/** Fields by which cells of one run are told apart as base and head. */
export const selectorFields = ['runtime', 'api', 'topology', 'policy', 'arm'] as const;
export type SelectorField = (typeof selectorFields)[number];

/** The cells whose `field` is `value`. */
export type Selector = { readonly field: SelectorField; readonly value: string };

/** What was asked for is not there, or is not one thing; in one line. */
export class SelectorError extends Error {
  override readonly name = 'SelectorError';
}

/** Of `node@24` (a runtime) or `topology=offload`. @throws SelectorError */
export function parseSelector(text: string): Selector {
  const [, name, rest] = /^([a-z]+)=(.*)$/s.exec(text) ?? [];
  const value = rest ?? text;
  const field = name === undefined ? 'runtime' : selectorFields.find((each) => each === name);
  if (field === undefined || value === '') {
    throw new SelectorError(
      `can't tell cells by "${text}"; accepted is a runtime, such as node@24, or one of ${selectorFields.map((each) => `${each}=…`).join(', ')}`,
    );
  }
  return { field, value };
}

/**
 * Cells of one run: those that a field's value makes base, against those that are like them but for that field. They ran in the
 * same blocks, so they can be paired.
 *
 * @throws SelectorError when a value is not in the run, or base and head are told apart by different fields.
 */
export function matchWithin(run: ComparedRun, base: Selector, head: Selector): Matched {
  if (base.field !== head.field) {
    throw new SelectorError(
      `base is told by its ${base.field} and head by its ${head.field}; accepted is the same field for both`,
    );
  }
  const { field } = base;
  const cells = cellsOf(run);
  const [baseValue, headValue] = [valueIn(cells, base), valueIn(cells, head)];
  if (baseValue === headValue) throw new SelectorError(`base and head are both ${field} ${baseValue}`);
  const [bases, heads] = [baseValue, headValue].map((value) => cells.filter((cell) => cell[field] === value));
  const left = new Set(heads);
  const pairs = (bases ?? []).flatMap((cell) => {
    const other = heads?.find((each) => differenceInWords(cell, each, [field]) === null);
    if (other === undefined) return [];
    left.delete(other);
    return [toPair({ ...run, label: baseValue }, cell, { ...run, label: headValue }, other)];
  });
  const paired = new Set(pairs.map((pair) => pair.base));
  return {
    headLabel: headValue,
    run: run.run,
    pairs,
    incomparable: [],
    onlyInBase: (bases ?? []).flatMap((cell) => (paired.has(cell) ? [] : [cell.id])),
    onlyInHead: [...left].map(({ id }) => id),
  };
}

/** The run's own value for what was asked: `node@24` is `node@24.1.0` where that is the only one of its kind. */
function valueIn(cells: readonly Cell[], { field, value }: Selector): string {
  const there: string[] = [...new Set(cells.flatMap((cell) => cell[field] ?? []))];
  const isShort = field === 'runtime' && value.includes('@');
  const found = there.includes(value)
    ? [value]
    : there.filter((each) => isShort && each.startsWith(`${value}.`));
  const [only, ...others] = found;
  if (only !== undefined && others.length === 0) return only;
  if (others.length > 0) throw new SelectorError(`${value} may be ${found.join(' or ')}; give one of these`);
  throw new SelectorError(
    `no cell of the run has ${field} "${value}"; ${there.length === 0 ? 'none has one' : `there are ${there.join(', ')}`}`,
  );
}
