import type { ReportModel } from './model/report-model.ts';

/** Digits that a figure is written with: far more than it is measured to. */
const digits = 9;

/** A report as data: the same answers, verdicts and figures as everywhere else, without the drawings. */
export function renderJson(model: ReportModel): string {
  return JSON.stringify(model, (key, value: unknown) => {
    if (key === 'drawing') return undefined;
    return typeof value === 'number' && !Number.isInteger(value) ? Number(value.toPrecision(digits)) : value;
  });
}
