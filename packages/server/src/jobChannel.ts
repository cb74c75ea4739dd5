import type { JobOutcome } from './offloadQueue.ts';

/**
 * The wire between the offload queue and one CPU worker, in shared memory: a worker that has nothing to do looks at it for
 * a while and then sleeps on it (`Atomics.wait`), and an outcome is read from it, so that a job costs no message. What is left
 * of messages is the worker's call to its owner, which must be woken where it sleeps: in its event loop.
 *
 * There are two places, for the job that is done and the one ahead. Jobs are numbered from 0 on; job n is in place n mod 2,
 * which is free again when its outcome has been collected. Each counter has one writer, and wraps at 32 bits.
 */
const places = 2;
const next = (counter: number): number => (counter + 1) | 0;
const placeOf = (job: number): number => job & (places - 1);

/** Indexes of the 32-bit words. */
const words = {
  /** Jobs handed over; written by the owner. The worker sleeps on it. */
  submitted: 0,
  /** Jobs begun, and jobs ended; written by the worker. */
  begun: 1,
  ended: 2,
  /** 1 when the owner has been called and has not come yet. */
  called: 3,
  /** For each place, how its job ended, and the length of the text. */
  states: 4,
  lengths: 4 + places,
} as const;

/** How often a worker looks for a next job before it sleeps: some 15 µs on V8, 4 on JavaScriptCore. To be woken takes longer. */
const looksBeforeSleep = 2000;

const textsOffset = 64;
const queuedAtsOffset = 48;
/** Bytes of a text; the body of /data has about 70. */
const textCapacity = 1024;
const states = { done: 0, failed: 1 } as const;

/** Memory for one worker's channel. */
export function allocateJobChannel(): SharedArrayBuffer {
  return new SharedArrayBuffer(textsOffset + places * textCapacity);
}

/** What both ends see. */
class Channel {
  readonly words: Int32Array;
  /** For each place, when its job was queued, in Unix ms. */
  readonly queuedAts: Float64Array;
  readonly texts: Uint8Array;

  constructor(memory: SharedArrayBuffer) {
    this.words = new Int32Array(memory, 0, words.lengths + places);
    this.queuedAts = new Float64Array(memory, queuedAtsOffset, places);
    this.texts = new Uint8Array(memory, textsOffset);
  }
}

/** The queue's end. */
export class OwnerEnd {
  readonly #channel: Channel;
  #submitted = 0;
  #announced = 0;
  #collected = 0;

  constructor(memory: SharedArrayBuffer) {
    this.#channel = new Channel(memory);
  }

  /** Jobs handed over whose outcome has not been collected. */
  get held(): number {
    return (this.#submitted - this.#collected) | 0;
  }

  /** Of these, the jobs that the worker has begun. */
  get begun(): number {
    return (Atomics.load(this.#channel.words, words.begun) - this.#collected) | 0;
  }

  /**
   * Hands a job over, of which the worker hears with {@link announce}.
   *
   * @param queuedAt Unix time in ms
   * @throws {RangeError} when the worker holds as many as there are places
   */
  submit(queuedAt: number): void {
    if (this.held >= places) throw new RangeError(`got a job too many, accepted are ${places} at a worker`);
    this.#channel.queuedAts[placeOf(this.#submitted)] = queuedAt;
    this.#submitted = next(this.#submitted);
  }

  /** Wakes the worker for what was handed over since the last time: to wake a thread costs more than all else here. */
  announce(): void {
    if (this.#announced === this.#submitted) return;
    this.#announced = this.#submitted;
    const { words: w } = this.#channel;
    Atomics.store(w, words.submitted, this.#submitted);
    Atomics.notify(w, words.submitted);
  }

  /** The owner has come: from here on the worker calls again when a job ends. Collect after it, not before. */
  answerCall(): void {
    Atomics.store(this.#channel.words, words.called, 0);
  }

  /** The outcome of the oldest job that has ended; undefined when none has. */
  collect(): JobOutcome | undefined {
    const { words: w, texts } = this.#channel;
    if (Atomics.load(w, words.ended) === this.#collected) return undefined;
    const place = placeOf(this.#collected);
    this.#collected = next(this.#collected);
    const start = place * textCapacity;
    const bytes = texts.subarray(start, start + (w[words.lengths + place] ?? 0));
    const text: string = Reflect.apply(String.fromCharCode, null, bytes);
    return w[words.states + place] === states.done
      ? { state: 'done', body: text }
      : { state: 'failed', error: text };
  }
}

/** The worker's end. */
export class WorkerEnd {
  readonly #channel: Channel;
  #taken = 0;
  #begun = 0;
  #ended = 0;

  constructor(memory: SharedArrayBuffer) {
    this.#channel = new Channel(memory);
  }

  /** The next job that was handed over, as the Unix time in ms when it was queued; undefined when there is none. */
  take(): number | undefined {
    const { words: w, queuedAts } = this.#channel;
    if (Atomics.load(w, words.submitted) === this.#taken) return undefined;
    const queuedAt = queuedAts[placeOf(this.#taken)];
    this.#taken = next(this.#taken);
    return queuedAt;
  }

  /** Waits until a job is handed over; returns at once when one was. */
  wait(): void {
    const { words: w } = this.#channel;
    for (let look = 0; look < looksBeforeSleep; look += 1) {
      if (Atomics.load(w, words.submitted) !== this.#taken) return;
    }
    Atomics.wait(w, words.submitted, this.#taken);
  }

  /** Begins the oldest job that was taken: should the worker die from here on, it died of this one. */
  begin(): void {
    this.#begun = next(this.#begun);
    Atomics.store(this.#channel.words, words.begun, this.#begun);
  }

  /**
   * Ends the job that was begun.
   *
   * @param text the body, or the error; at most 1,024 characters of Latin-1
   * @returns whether the owner must be called
   */
  end(state: 'done' | 'failed', text: string): boolean {
    const { words: w } = this.#channel;
    const place = placeOf(this.#ended);
    const fits = this.#write(place, text);
    if (!fits) this.#write(place, `a text of ${text.length} characters does not fit`);
    w[words.states + place] = states[fits ? state : 'failed'];
    this.#ended = next(this.#ended);
    Atomics.store(w, words.ended, this.#ended);
    return Atomics.exchange(w, words.called, 1) === 0;
  }

  /** Writes a text, a character a byte. False when it does not fit. */
  #write(place: number, text: string): boolean {
    const { texts, words: w } = this.#channel;
    const { length } = text;
    if (length > textCapacity) return false;
    const start = place * textCapacity;
    for (let index = 0; index < length; index += 1) {
      const code = text.charCodeAt(index);
      if (code > 0xff) return false;
      texts[start + index] = code;
    }
    w[words.lengths + place] = length;
    return true;
  }
}
