import { metricKeys } from './metrics.ts';

/** What makes a comparison fail. `slower`: worse is shown. `beyond-margin`: worse by more than the margin is shown. */
export const failConditions = ['slower', 'beyond-margin', 'inconclusive'] as const;
export type FailCondition = (typeof failConditions)[number];

/** For one metric, or `any` of those compared. */
export type FailRule = { readonly metric: string; readonly condition: FailCondition };

/** A threshold that can't be read, in one line. */
export class FailOnError extends Error {
  override readonly name = 'FailOnError';
}

/**
 * Reads `p99`, `slower`, `any`, `completed:beyond-margin,p99:slower`, or `none`: a metric alone fails when it is slower, and a
 * condition alone holds for any metric.
 *
 * @throws FailOnError naming what is accepted.
 */
export function parseFailOn(text: string): FailRule[] {
  if (text.trim() === 'none') return [];
  return text.split(',').map((part) => parseRule(part.trim()));
}

function parseRule(text: string): FailRule {
  const [first = '', second, ...more] = text.split(':');
  const alone = conditionOf(first);
  if (alone !== undefined && second === undefined) return { metric: 'any', condition: alone };
  const condition = second === undefined ? 'slower' : conditionOf(second);
  const isMetric = first === 'any' || metricKeys.includes(first);
  if (isMetric && condition !== undefined && more.length === 0) return { metric: first, condition };
  throw new FailOnError(
    `can't fail on "${text}"; accepted are none, a figure (${['any', ...metricKeys].join(', ')}), a condition (${failConditions.join(', ')}), both as p99:beyond-margin, and several with commas between`,
  );
}

function conditionOf(text: string): FailCondition | undefined {
  return failConditions.find((each) => each === text);
}

/** Reads `5%` or `2.5 %` as a share, 0.05. @throws FailOnError */
export function parseMargin(text: string): number {
  const [, figure] = /^(\d+(?:\.\d+)?)\s*%$/.exec(text.trim()) ?? [];
  const percent = Number(figure);
  if (percent > 0 && percent <= 100) return percent / 100;
  throw new FailOnError(
    `can't take "${text}" as a margin; accepted is a percentage above 0 and up to 100, such as 5%`,
  );
}
