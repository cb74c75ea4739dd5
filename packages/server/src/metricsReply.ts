import type { PlainReply } from '@acceptbench/handler/routes';
import { createExposition, type ExpositionSource } from '@acceptbench/metrics/exposition';

/** `/metrics` on the server's own port: the text of the metrics port, without negotiation. */
export class OwnMetrics {
  readonly #source: ExpositionSource;
  readonly #now: () => number;
  #info: Readonly<Record<string, string>> = {};

  constructor(source: ExpositionSource, now: () => number) {
    this.#source = source;
    this.#now = now;
  }

  /** The labels of the info metric, which are known when the server listens. */
  setInfo(info: Readonly<Record<string, string>>): void {
    this.#info = info;
  }

  async reply(): Promise<PlainReply> {
    const source = { ...this.#source, info: this.#info };
    const { contentType, text } = await createExposition(source, this.#now).render(undefined);
    return { status: 200, headers: { 'content-type': contentType }, body: text };
  }
}
