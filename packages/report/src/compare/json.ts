import type { CompareReport, HeadComparison, Row } from './comparison.ts';
import type { Outcome } from './outcome.ts';
import type { ComparedRun } from './runs.ts';

/** Version of this form: one more with each change that a reader has to know of. */
const formatVersion = 1;

/** A comparison as JSON with a newline: figures with all their digits, what is not there is null. */
export function renderCompareJson(report: CompareReport, outcome: Outcome): string {
  const { base, baseLabel, heads, pairing, margin, confidence, familySize, notes } = report;
  const json = {
    format: 'acceptbench-compare',
    version: formatVersion,
    outcome: outcome.state,
    reasons: outcome.reasons,
    pairing,
    margin,
    confidence,
    familySize,
    notes,
    base: { label: baseLabel, ...runOf(base.run) },
    heads: heads.map((head) => headOf(head, outcome)),
  };
  return `${JSON.stringify(json, null, 2)}\n`;
}

function headOf(head: HeadComparison, { failing }: Outcome) {
  const { headLabel, run, differences, rows, incomparable, onlyInBase, onlyInHead } = head;
  return {
    label: headLabel,
    ...runOf(run),
    differences,
    rows: rows.map((row) => rowOf(row, failing.includes(row))),
    incomparable,
    onlyInBase,
    onlyInHead,
  };
}

function runOf({ id, startedAt, commit }: ComparedRun['run']) {
  return { run: id, startedAt, commit };
}

function rowOf({ pair, metric, comparison, verdict }: Row, fails: boolean) {
  return {
    baseCell: pair.base.id,
    headCell: pair.head.id,
    metric: metric.key,
    name: metric.name,
    unit: metric.unit,
    better: metric.better,
    base: comparison.baseFigure,
    head: comparison.headFigure,
    ratio: comparison.ratio,
    pValues: comparison.pValues,
    adjusted: comparison.adjusted,
    verdict,
    fails,
  };
}
