import { median, quantile } from '@acceptbench/report/statistics/location';

/** A sample in five numbers, in the unit of its values. */
export interface Summary {
  readonly n: number;
  readonly median: number;
  readonly p99: number;
  readonly lowest: number;
  readonly highest: number;
}

/** @throws {RangeError} when there are no values, or one is no finite number. */
export function summarise(values: readonly number[]): Summary {
  return {
    n: values.length,
    median: median(values),
    p99: quantile(values, 0.99),
    lowest: quantile(values, 0),
    highest: quantile(values, 1),
  };
}
