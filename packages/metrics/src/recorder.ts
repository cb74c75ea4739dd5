import { momentsOriginMs, statuses } from './catalogue.ts';
import { type HistogramPlace, histogramPlaces, scalarOffsets, slotOf } from './layout.ts';

const statusSeries = new Map<number, number>(
  statuses.flatMap((status, index) => (status === 'other' ? [] : [[Number(status), index] as const])),
);
const otherStatus = statuses.indexOf('other');
const finishedMoments = histogramPlaces.requestDuration.moments ?? Number.NaN;

/** Writes one thread's figures. Make one a thread: a second writer to the same slot loses counts. */
export class Recorder {
  readonly #slot: Float64Array;

  /** @throws {RangeError} when the memory has no such slot. */
  constructor(memory: SharedArrayBuffer, thread: number) {
    this.#slot = slotOf(memory, thread);
  }

  /** A connection was taken off the accept queue, at this moment in Unix ms. */
  connectionAccepted(atMs: number): void {
    this.#add(scalarOffsets.connectionsAccepted);
    this.#addMoment(scalarOffsets.connectionsAcceptedAt, atMs);
  }

  connectionClosed(): void {
    this.#add(scalarOffsets.connectionsClosed);
  }

  requestStarted(): void {
    this.#add(scalarOffsets.requestsStarted);
  }

  requestAborted(): void {
    this.#add(scalarOffsets.requestsAborted);
  }

  /** The request was handed over and the reply handed back at these moments, Unix ms. */
  requestFinished(status: number, startedAtMs: number, finishedAtMs: number): void {
    const series = statusSeries.get(status) ?? otherStatus;
    this.#observe(histogramPlaces.requestDuration, series, (finishedAtMs - startedAtMs) / 1000);
    this.#addMoment(finishedMoments + series, finishedAtMs);
  }

  workDone(seconds: number): void {
    this.#observe(histogramPlaces.workDuration, 0, seconds);
  }

  jobWaited(seconds: number): void {
    this.#observe(histogramPlaces.offloadQueueWait, 0, seconds);
  }

  offloadQueueLength(jobs: number): void {
    this.#slot[scalarOffsets.offloadQueueLength] = jobs;
  }

  jobShed(): void {
    this.#add(scalarOffsets.jobsShed);
  }

  jobAbandoned(): void {
    this.#add(scalarOffsets.jobsAbandoned);
  }

  workerRestarted(): void {
    this.#add(scalarOffsets.workerRestarts);
  }

  #add(offset: number): void {
    this.#slot[offset] = (this.#slot[offset] ?? 0) + 1;
  }

  #addMoment(offset: number, atMs: number): void {
    this.#slot[offset] = (this.#slot[offset] ?? 0) + (atMs - momentsOriginMs) / 1000;
  }

  #observe(place: HistogramPlace, series: number, seconds: number): void {
    const slot = this.#slot;
    const sum = place.offset + series * place.seriesLength;
    slot[sum] = (slot[sum] ?? 0) + seconds;
    const { buckets } = place;
    let bucket = 0;
    while (bucket < buckets.length && seconds > (buckets[bucket] ?? 0)) bucket += 1;
    const count = sum + 1 + bucket;
    slot[count] = (slot[count] ?? 0) + 1;
  }
}
