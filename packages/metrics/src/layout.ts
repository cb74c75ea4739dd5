import { type HistogramKey, histograms, type ScalarKey, scalars } from './catalogue.ts';

/**
 * Where each figure of one thread lives in its slot of the shared memory, in 64-bit floats. A slot has one writer, its
 * thread; anybody may read. An aligned 64-bit store is one instruction on the 64-bit machines these runtimes run on,
 * so a reader sees an old value or a new one; two figures read together may be one event apart.
 */
export interface HistogramPlace {
  /** Index of the first series; each series is a sum and then a count for each bucket, the last for +Inf. */
  readonly offset: number;
  readonly buckets: readonly number[];
  readonly seriesLength: number;
  /** Index of the sum of moments of the first series, the others behind it; null where they are not kept. */
  readonly moments: number | null;
}

/** 64 bytes: slots begin on cache lines of their own, so that writers do not slow each other down. */
const floatsPerCacheLine = 8;

const scalarKeys = Object.keys(scalars) as ScalarKey[];
const histogramKeys = Object.keys(histograms) as HistogramKey[];

export const scalarOffsets = Object.fromEntries(scalarKeys.map((key, index) => [key, index])) as Record<
  ScalarKey,
  number
>;

const { places, end } = placeHistograms();
export const histogramPlaces: Record<HistogramKey, HistogramPlace> = places;

/** Floats in one thread's slot. */
export const slotLength = Math.ceil(end / floatsPerCacheLine) * floatsPerCacheLine;

/** Shared memory for the figures of so many threads, all zero. */
export function allocateMetrics(threads: number): SharedArrayBuffer {
  return new SharedArrayBuffer(threads * slotLength * Float64Array.BYTES_PER_ELEMENT);
}

/** The slot of one thread. @throws {RangeError} when the memory has no such slot. */
export function slotOf(memory: SharedArrayBuffer, thread: number): Float64Array {
  return new Float64Array(memory, thread * slotLength * Float64Array.BYTES_PER_ELEMENT, slotLength);
}

function placeHistograms() {
  let offset = scalarKeys.length;
  const found: Partial<Record<HistogramKey, HistogramPlace>> = {};
  for (const key of histogramKeys) {
    const definition = histograms[key];
    const seriesLength = 1 + definition.buckets.length + 1;
    const series = 'label' in definition ? definition.label.values.length : 1;
    const seriesEnd = offset + series * seriesLength;
    const moments = 'moments' in definition ? seriesEnd : null;
    found[key] = { offset, buckets: definition.buckets, seriesLength, moments };
    offset = seriesEnd + (moments === null ? 0 : series);
  }
  return { places: found as Record<HistogramKey, HistogramPlace>, end: offset };
}
