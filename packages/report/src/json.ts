import type { ReportModel } from './model/report-model.ts';

/** A report as data: the same answers, verdicts and figures as everywhere else, without the drawings. */
export function renderJson(model: ReportModel): string {
  return JSON.stringify(model, (key, value: unknown) => (key === 'drawing' ? undefined : value));
}
