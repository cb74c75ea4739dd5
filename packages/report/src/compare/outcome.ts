import { counted } from '../text/number.ts';
import type { CompareReport, Row } from './comparison.ts';
import type { FailRule } from './failOn.ts';

/** What a pipeline is told. */
export type Outcome = {
  readonly state: 'no regression' | 'regression' | 'inconclusive';
  /** Why, in sentences of plain text: the first says it all. */
  readonly reasons: readonly string[];
  /** Rows that fail by a rule. */
  readonly failing: readonly Row[];
};

/** Judges a comparison by what shall fail; what could not be judged makes it inconclusive, never good. */
export function toOutcome(report: CompareReport, rules: readonly FailRule[]): Outcome {
  const rows = report.heads.flatMap((head) => head.rows);
  const failing = rows.filter((row) => rules.some((rule) => fails(row, rule)));
  const gated = rows.filter((row) => rules.some((rule) => covers(rule, row)));
  if (failing.length > 0) {
    const worse = `${failing.length} of ${counted(gated.length, 'comparison')} ${failing.length === 1 ? 'fails' : 'fail'}`;
    const where = `in ${cellsIn(failing)} of ${counted(cellsIn(gated), 'cell')}`;
    return { state: 'regression', reasons: [`${worse}, ${where}.`], failing };
  }
  const open = [
    ...undecided(gated),
    ...(rules.length === 0 ? [] : unmatched(report)),
    ...absent(rows, rules),
  ];
  if (open.length === 0 && gated.length === 0 && rules.length > 0) open.push('Nothing could be compared.');
  if (open.length > 0) return { state: 'inconclusive', reasons: open, failing };
  const reason =
    gated.length === 0 ? 'Nothing was to fail.' : `None of ${counted(gated.length, 'comparison')} fails.`;
  return { state: 'no regression', reasons: [reason], failing };
}

const cellsIn = (rows: readonly Row[]) => new Set(rows.map(({ pair }) => pair.head.id)).size;

function fails(row: Row, rule: FailRule): boolean {
  const { verdict } = row;
  if (!covers(rule, row)) return false;
  switch (rule.condition) {
    case 'slower':
      return verdict.state === 'slower';
    case 'beyond-margin':
      return verdict.state === 'slower' && verdict.isBeyondMargin;
    case 'inconclusive':
      return verdict.state === 'slower' || verdict.state === 'inconclusive';
  }
}

/** Cells of which nothing is known have one row, in whichever figure: it stands for every figure that a rule names. */
function covers(rule: FailRule, { metric, comparison: { baseFigure, headFigure } }: Row): boolean {
  const isUnknown = baseFigure === null && headFigure === null && metric.key !== 'capacity';
  return rule.metric === 'any' || rule.metric === metric.key || isUnknown;
}

function undecided(gated: readonly Row[]): string[] {
  const open = gated.filter(({ verdict }) => verdict.state === 'inconclusive');
  if (open.length === 0) return [];
  return [
    `Of ${counted(gated.length, 'comparison')} ${open.length} ${open.length === 1 ? 'is' : 'are'} inconclusive.`,
  ];
}

/** A cell that was there in base and can't be compared any more is not guarded any more. */
function unmatched({ heads, baseLabel }: CompareReport): string[] {
  return heads.flatMap(({ headLabel, onlyInBase, incomparable }) => {
    const missing = counted(onlyInBase.length, 'cell');
    const other = counted(incomparable.length, 'cell');
    return [
      ...(onlyInBase.length === 0
        ? []
        : [`${missing} of ${baseLabel} ${isOrAre(onlyInBase)} not in ${headLabel}.`]),
      ...(incomparable.length === 0 ? [] : [`${other} of both ${isOrAre(incomparable)} not the same.`]),
    ];
  });
}

/** Metrics that a rule names and no cell has. */
function absent(rows: readonly Row[], rules: readonly FailRule[]): string[] {
  const there = new Set(rows.map(({ metric }) => metric.key));
  const missing = rules.filter(({ metric }) => metric !== 'any' && !there.has(metric));
  return missing.map(({ metric }) => `No cell has the figure ${metric}.`);
}

const isOrAre = ({ length }: readonly unknown[]) => (length === 1 ? 'is' : 'are');
