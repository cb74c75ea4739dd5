import { statuses } from './catalogue.ts';
import { type HistogramPlace, histogramPlaces, scalarOffsets, slotOf } from './layout.ts';

const statusSeries = new Map<number, number>(
  statuses.flatMap((status, index) => (status === 'other' ? [] : [[Number(status), index] as const])),
);
const otherStatus = statuses.indexOf('other');

/** Writes one thread's figures. Make one a thread: a second writer to the same slot loses counts. */
export class Recorder {
  readonly #slot: Float64Array;

  /** @throws {RangeError} when the memory has no such slot. */
  constructor(memory: SharedArrayBuffer, thread: number) {
    this.#slot = slotOf(memory, thread);
  }

  connectionAccepted(): void {
    this.#add(scalarOffsets.connectionsAccepted);
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

  /** The reply was handed back, `seconds` after the request was handed over. */
  requestFinished(status: number, seconds: number): void {
    this.#observe(histogramPlaces.requestDuration, statusSeries.get(status) ?? otherStatus, seconds);
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
