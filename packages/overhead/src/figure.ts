import { type Summary, summarise } from './statistics.ts';

/** One row of a benchmark's result. */
export interface Figure extends Summary {
  /** What was measured. */
  readonly what: string;
  /** The unit of the values: `ms`, `requests/s`, `ratio`. */
  readonly unit: string;
}

/** A benchmark's figures, and what a reader must know of them. */
export interface BenchmarkResult {
  readonly benchmark: string;
  /** One sentence: what is compared, and how. */
  readonly about: string;
  readonly figures: readonly Figure[];
  /** Whole sentences. */
  readonly notes: readonly string[];
}

/** @throws {RangeError} when there are no values, or one is no finite number. */
export function toFigure(what: string, unit: string, values: readonly number[]): Figure {
  return { what, unit, ...summarise(values) };
}
