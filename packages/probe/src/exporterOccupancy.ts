import { acceptedSoFar, totalQueue } from '@acceptbench/results/accepted';
import type { KernelSample, ServerSample } from '@acceptbench/results/sample';

/** How many are somewhere, over time: the last number, and its integral by trapezoids, in value × seconds. */
export class Occupancy {
  value: number | null = null;
  seconds = 0;
  #atMs = 0;

  /** One that is not later than the last one counts as that moment's correction. */
  add(atMs: number, value: number): void {
    if (this.value !== null) {
      this.seconds += (((this.value + value) / 2) * Math.max(0, atMs - this.#atMs)) / 1000;
    }
    this.value = value;
    this.#atMs = Math.max(this.#atMs, atMs);
  }
}

/** Samples of the server that wait for the kernel's next ones: ten or twenty, as these come twice a second. */
const mostWaiting = 100;

/** Without a request started for so long, with nothing queued or in the handler, a server is empty. */
const emptyMs = 250;

/**
 * Connections accepted and not yet started as a request, from two counts: those accepted, by the server's own hook or else
 * by the kernel, and the requests started. What the kernel counts may have come to somebody else on the host, so the difference
 * is taken as zero whenever the server is seen to be empty; between two such moments others' connections are in it.
 */
export class ProcessStage {
  readonly #oneRequestPerConnection: boolean;
  #waiting: ServerSample[] = [];
  #kernel: KernelSample | undefined;
  /** Accepted less started when the server was last empty; null until it was. */
  #offset: number | null = null;
  #idle: { readonly sinceMs: number; readonly started: number } | undefined;

  constructor(oneRequestPerConnection: boolean) {
    this.#oneRequestPerConnection = oneRequestPerConnection;
  }

  /** @returns what is known now: nothing, until the kernel has told of a moment after the server's. */
  addServer(sample: ServerSample): { atMs: number; value: number }[] {
    if (!this.#oneRequestPerConnection) return [];
    const { acceptbench_connections_accepted_total: hooked, acceptbench_requests_started_total: started } =
      sample.values;
    if (started === undefined) return [];
    if (hooked !== undefined) return [{ atMs: sample.atMs, value: this.#differ(sample, hooked - started) }];
    this.#waiting.push(sample);
    // Without samples of the kernel nobody comes to ask for them.
    if (this.#waiting.length > mostWaiting) this.#waiting.shift();
    return [];
  }

  /** @returns the server's samples that lie between this one and the one before it. */
  addKernel(sample: KernelSample): { atMs: number; value: number }[] {
    const to = acceptedSoFar(sample);
    // Not every sample has the kernel's count: the server's wait for the next that has.
    if (to === null) return [];
    const before = this.#kernel;
    this.#kernel = sample;
    const from = before === undefined ? null : acceptedSoFar(before);
    const due = this.#waiting.filter(({ atMs }) => atMs <= sample.atMs);
    this.#waiting = this.#waiting.filter(({ atMs }) => atMs > sample.atMs);
    if (before === undefined || from === null) return [];
    return due.flatMap((server) => {
      const { atMs, values } = server;
      const share = Math.min(1, Math.max(0, (atMs - before.atMs) / (sample.atMs - before.atMs || 1)));
      const accepted = from + (to - from) * share;
      const value = this.#differ(server, accepted - (values.acceptbench_requests_started_total ?? 0));
      return this.#offset === null ? [] : [{ atMs, value }];
    });
  }

  #differ({ atMs, values }: ServerSample, difference: number): number {
    const hooked = values.acceptbench_connections_accepted_total !== undefined;
    const started = values.acceptbench_requests_started_total ?? 0;
    const queued = this.#kernel === undefined ? 0 : totalQueue(this.#kernel);
    if ((values.http_server_active_requests ?? 0) === 0 && queued === 0) {
      if (this.#idle?.started !== started) this.#idle = { sinceMs: atMs, started };
      if (!hooked && atMs - this.#idle.sinceMs >= emptyMs) this.#offset = difference;
    } else {
      this.#idle = undefined;
    }
    return Math.max(0, difference - (hooked ? 0 : (this.#offset ?? 0)));
  }
}
